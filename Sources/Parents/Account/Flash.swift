import Flow
import FoundationEssentials
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// What a page of the account says about the form that led to it by a redirect.
///
/// It travels in the address, with a proof that it was said to this browser about this account: no link
/// makes one of our pages say something (SR-60).
enum Flash: String, CaseIterable {
    case passwordChanged = "mot-de-passe"
    case addressGiven = "adresse"
    case mailSent = "envoi"
    case sessionEnded = "session"
    case otherSessionsEnded = "sessions"
    case consentWithdrawn = "service"
    case regrouped = "regroupement"

    var notice: Notice {
        switch self {
        case .passwordChanged:
            Notice(.success, id: "flash") {
                p(text: "La modification de votre mot de passe a bien été prise en compte.")
                p(
                    text: "La modification du mot de passe est prise en compte à votre prochaine "
                        + "connexion.")
            }
        case .addressGiven:
            Notice(.success, id: "flash") {
                p(
                    text: "La modification de votre adresse de messagerie a bien été prise en "
                        + "compte. Un courriel de confirmation vient de vous être transmis à cette "
                        + "nouvelle adresse (*). Lisez-le attentivement et suivez les instructions. "
                        + "(*)\u{A0}: Si vous n'avez rien reçu, pensez à regarder dans vos courriers "
                        + "indésirables ou «\u{A0}spams\u{A0}».")
            }
        case .mailSent: Notice(.success, id: "flash", text: "L'email a été envoyé")
        case .sessionEnded: Notice(.success, id: "flash", text: "La session a été fermée.")
        case .otherSessionsEnded:
            Notice(.success, id: "flash", text: "Toutes les autres sessions ont été fermées.")
        // REG-3 (J-R-11, J-R-12).
        case .regrouped:
            Notice(.success, id: "flash") {
                p(text: "L'opération de regroupement des comptes a été effectuée avec succès.")
                p(text: "Seul le compte avec lequel vous êtes connecté reste disponible.")
            }
        case .consentWithdrawn:
            Notice(.success, id: "flash", text: "L'autorisation a été retirée.")
        }
    }
}

extension Visitor {
    private static let field = "avis"

    /// 303 to another page of ours, which says this.
    func leads(to page: OwnPage, saying flash: Flash, headers: HTTPFields = [:]) -> Response {
        let proof = proofs(of: flash).first.map { Self.field + "=\(flash.rawValue).\($0)" }
        return Redirect.seeOther(
            desk.url(page.path) + (proof.map { "?" + $0 } ?? ""), headers: headers)
    }

    /// What the address has to say; nil unless it was written for this browser and this account.
    func flash(_ request: Request) -> Flash? {
        guard let text = try? RequestForm.query(request)[Self.field] else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let flash = Flash(rawValue: String(parts[0])),
            proofs(of: flash).contains(where: {
                ConstantTime.equal(Array($0.utf8), Array(parts[1].utf8))
            })
        else { return nil }
        return flash
    }

    /// Under the key in force first, then under those before it.
    private func proofs(of flash: Flash) -> [String] {
        let message = browser.bytes + account.id.bytes + Array(flash.rawValue.utf8)
        let ring = desk.keys.current
        let current = ring.currentStoreKey(at: now).map { [$0] } ?? []
        return (current + ring.storeKeys).map {
            Base64URL.encode(HMAC.sha256(key: $0.derived(for: "flash"), message: message))
        }
    }
}
