import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Web

/// What a page of the account says about the form that led to it by a redirect.
///
/// It travels in the address, with a proof that it was said to this browser about this account: no link
/// makes one of our pages say something (SR-60).
public enum Flash: String, Sendable, CaseIterable {
    case passwordChanged = "mot-de-passe"
    case addressGiven = "adresse"
    case mailSent = "envoi"
    case addressAbandoned = "abandon"
    case sessionEnded = "session"
    case otherSessionsEnded = "sessions"
    case allButThisSessionEnded = "sessions-adresse"
    case consentWithdrawn = "service"
    case identityLinked = "identite-liee"
    case identityUnlinked = "identite-retiree"
    case regrouped = "regroupement"
    case regroupingStale = "regroupement-perime"
    /// Something else has changed first.
    case nothingChanged = "rien"

    var notice: Notice {
        Notice(kind, id: "flash") { for line in lines { p(text: line) } }
    }

    private var kind: Notice.Kind {
        switch self {
        case .regroupingStale, .nothingChanged: .warning
        default: .success
        }
    }

    private var lines: [String] {
        switch self {
        case .passwordChanged:
            [
                "La modification de votre mot de passe a bien été prise en compte.",
                "La modification du mot de passe est prise en compte à votre prochaine connexion.",
                "Vos autres sessions ont été fermées.",
            ]
        case .addressGiven:
            [
                "La modification de votre adresse de messagerie a bien été prise en compte. Un "
                    + "courriel de confirmation vient de vous être transmis à cette nouvelle adresse "
                    + "(*). Lisez-le attentivement et suivez les instructions. (*)\u{A0}: Si vous "
                    + "n'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "
                    + "«\u{A0}spams\u{A0}»."
            ]
        case .mailSent: ["L'email a été envoyé"]
        case .addressAbandoned:
            ["Le changement d'adresse mail est abandonné\u{A0}: votre adresse reste la même."]
        case .sessionEnded: ["La session a été fermée."]
        case .otherSessionsEnded: ["Toutes les autres sessions ont été fermées."]
        case .allButThisSessionEnded:
            [
                "Toutes les autres sessions ont été fermées, et le changement d'adresse mail qui "
                    + "n'était pas encore validé est abandonné."
            ]
        case .consentWithdrawn: ["L'autorisation a été retirée."]
        case .identityLinked:
            ["L'identité est liée à votre compte\u{A0}: elle permet de s'y connecter."]
        case .identityUnlinked:
            [
                "L'identité ne permet plus de se connecter à votre compte. Toutes les autres sessions "
                    + "ont été fermées."
            ]
        case .regrouped:
            [
                "L'opération de regroupement des comptes a été effectuée avec succès.",
                "Seul le compte avec lequel vous êtes connecté reste disponible.",
            ]
        case .regroupingStale:
            ["L'un des deux comptes a changé, ou trop de temps a passé. Recommencez."]
        case .nothingChanged:
            [
                "Votre demande n'a pas été enregistrée\u{A0}: votre compte a changé entre-temps. "
                    + "Voici ce qu'il en est\u{A0}; recommencez si besoin."
            ]
        }
    }
}

extension Visitor {
    private var flashes: FlashSeal { FlashSeal(desk, browser, account.id, at: now) }

    /// 303 to another page of ours, which says this.
    func leads(to page: OwnPage, saying flash: Flash, headers: HTTPFields = [:]) -> Response {
        Redirect.seeOther(flashes.address(of: page, saying: flash), headers: headers)
    }

    /// Where a form came too late: the page as it is now, and that nothing was written.
    var nothingChanged: Response { leads(to: page, saying: .nothingChanged) }

    /// What the address has to say; nil unless it was written for this browser and this account.
    func flash(_ request: Request) -> Flash? { flashes.said(request) }
}
