import Flow
import HTML
import Hummingbird
import Messages
import Serving
import Store
import Web

/// `/compte/adresse/confirmation`: the link of M-5. It shows ACC-4, whose « VALIDER » makes the new
/// address the account's, once, and leads to ACC-5 (J-E-10 to J-E-15; SR-51, SR-52).
///
/// It needs no session and opens none: whoever reads the mail elsewhere confirms the address there.
public struct AddressChangeEndpoint: Sendable {
    static let link = MailLink(
        purpose: .addressChange, waiting: .active,
        path: OwnPage.email.path + "/confirmation")

    private let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(Self.link.path), use: show)
        router.post(RouterPath(Self.link.path), use: confirm)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let opened = try await Self.link.opened(request, desk)
        guard let form = opened.form, let token = opened.found.token,
            let account = opened.found.account
        else { return ended(isConfirmed: Self.isInForce(opened.found)) }
        let page = AddressChangePage(
            form: form, identifier: account.maskedIdentifier, oldAddress: account.maskedEmail,
            newAddress: MailAddress(token.address)?.masked ?? "")
        return desk.layout.response(page, headers: opened.browser.headers)
    }

    private func confirm(_ request: Request, _ context: ServingContext) async throws -> Response {
        let (mails, now) = (AccountMails(desk: desk), desk.now)
        let found = try await Self.link.spend(
            request, context, desk, noting: .addressConfirmed
        ) { token, before, _ in
            MailAddress(token.address).flatMap { mails.addressChanged(before, to: $0, at: now) }
                .map { [$0] } ?? []
        }
        return ended(isConfirmed: found.state == .spent || Self.isInForce(found))
    }

    /// The second click of two, or the link opened again later: its address is the account's.
    private static func isInForce(_ found: FoundLink) -> Bool {
        found.state == .used && found.token?.address == found.account?.email
    }

    private func ended(isConfirmed: Bool) -> Response {
        return desk.layout.response(
            AddressChangeEndPage(isConfirmed: isConfirmed), status: isConfirmed ? .ok : .gone)
    }
}

/// ACC-4: the link was opened, and nothing has changed yet.
struct AddressChangePage: Page {
    let form: StepForm
    /// Masked, like both addresses: whoever reads the mailbox need not be the account's owner.
    let identifier: String
    let oldAddress: String?
    let newAddress: String

    static let heading = "MISE À JOUR DE L'ADRESSE MAIL"
    var title: String { Self.heading }

    var content: Markup {
        h1(text: title)
        p(.class("lead"), text: "Confirmez la mise à jour de votre adresse mail.")
        p(text: "Je confirme ma nouvelle adresse mail.")
        FactList(
            [("identifiant", .text(identifier))]
                + (oldAddress.map { [("ancienne adresse mail", .text($0))] } ?? [])
                + [("nouvelle adresse mail", .text(newAddress))])
        PostForm(action: form.action, id: "address-change-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                // Nothing changes: the address goes on waiting.
                LinkButton("ANNULER", href: OwnPage.account.path, id: "cancel", kind: .quiet)
            }
        }
    }
}

/// ACC-5, and what is said of a link that serves no more (J-O-16).
struct AddressChangeEndPage: Page {
    let isConfirmed: Bool

    var title: String { AddressChangePage.heading }

    var content: Markup {
        h1(text: title)
        if isConfirmed {
            Notice(.success, id: "confirmed", text: "Votre adresse mail a été mise à jour.")
            ButtonRow {
                LinkButton("VALIDER", href: OwnPage.account.path, id: "account", kind: .primary)
            }
        } else {
            Notice(.error, id: "void-link") {
                p(text: "Ce lien n'est plus valable.")
                p(
                    text:
                        "Connectez-vous, puis demandez qu'un nouvel email de validation vous soit "
                        + "envoyé.")
            }
            ButtonRow {
                LinkButton("Se connecter", href: OwnPage.email.path, id: "sign-in", kind: .primary)
            }
            NeedHelp(.mailNotFound)
        }
    }
}
