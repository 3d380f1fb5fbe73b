import Flow
import HTML
import Hummingbird
import Messages
import Serving
import Store
import Tokens
import Web

/// `/compte/adresse` (ACC-3): another address, or the mail to the one that waits once more (J-E-01 to
/// J-E-09, J-E-16 to J-E-18). Asks for a recent sign-in (SR-58; security.md 4.12).
public struct AddressPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor

    enum Action: String {
        case resend = "renvoyer"
        case abandon = "abandonner"
    }

    public init(desk: Desk) {
        self.desk = desk
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.email.path), use: show)
        router.post(RouterPath(OwnPage.email.path), use: take)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.email, request, context, freshness: .recent) { visitor in
            let owner = try await visitor.owner()
            var page = AddressDialogPage(visitor, owner)
            page.flash = visitor.flash(request)
            return visitor.answer(page, for: owner)
        }
    }

    private func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.email, request, context, freshness: .recent) { form, visitor in
            let owner = try await visitor.owner()
            var page = AddressDialogPage(visitor, owner)
            switch form[StepField.action].flatMap(Action.init(rawValue:)) {
            case .resend:
                // The link may have been followed meanwhile: then there is nothing to send.
                guard let address = visitor.account.pendingEmail.flatMap({ MailAddress($0) }) else {
                    return visitor.again
                }
                return try await send(to: address, visitor, page, owner) {
                    visitor.leads(to: .email, saying: .mailSent)
                }
            case .abandon: return try await abandon(visitor)
            case nil: break
            }
            page.entry = AddressEntry(form)
            let address = page.entry.newAddress(than: visitor.account.email, &page.errors)
            guard let address else {
                return visitor.answer(page, for: owner, status: .unprocessableContent)
            }
            return try await send(to: address, visitor, page, owner) {
                visitor.leads(to: .account, saying: .addressGiven)
            }
        }
    }

    private func abandon(_ visitor: Visitor) async throws -> Response {
        guard
            let change = try? AccountChange(
                .addressAbandoned, of: visitor.account, desk.policy, at: visitor.now),
            case .saved = try await visitor.commit(
                change.changes + [visitor.audit(.addressAbandoned)])
        else { return visitor.nothingChanged }
        return visitor.leads(to: .account, saying: .addressAbandoned)
    }

    private func send(
        to address: MailAddress, _ visitor: Visitor, _ page: AddressDialogPage,
        _ owner: AccountOwner, then done: () -> Response
    ) async throws -> Response {
        let change: AddressChange
        do {
            change = try AddressChange(
                to: address, of: visitor.account, askedIn: visitor.browser, desk, at: visitor.now)
        } catch is AccountChange.Refused {
            return visitor.nothingChanged
        }
        let changes = change.changes + [visitor.audit(.addressGiven, change.detail)]
        switch try await visitor.commit(changes, within: change.rules) {
        case .saved: return done()
        case .moved: return visitor.nothingChanged
        case .limited(let until):
            let wait = Wait(until: until, now: visitor.now)
            var page = page
            page.message = wait.tooManyAttempts
            return visitor.answerTooMany(page, for: owner, wait)
        }
    }
}

/// ACC-3, « Modifiez votre email »: a dialog over ACC-1, which can't be reached behind it.
struct AddressDialogPage: Page {
    private let information: InformationPage
    private let hidden: [HiddenField]
    var entry = AddressEntry.nothing
    var errors = FieldErrors()
    /// Above the form: too many mails.
    var message: String?
    var flash: Flash?

    init(_ visitor: Visitor, _ owner: AccountOwner) {
        information = InformationPage(visitor, owner)
        hidden = visitor.hiddenFields()
    }

    private static let heading = "Modifiez votre email"

    var title: String { title(Self.heading, hasError: !errors.isEmpty || message != nil) }
    var width: Layout.Width { information.width }
    var content: Markup { information.content }

    var dialog: Markup {
        Dialog(heading: Self.heading, id: "address-dialog") {
            if let message { Notice(.error, id: "address-error", text: message) }
            errors.summary(AddressFields.label)
            if let flash { flash.notice }
            if let email = information.email {
                p {
                    "mon adresse mail actuelle\u{A0}: "
                    strong(.id("present-address"), text: email)
                }
            }
            if let pending = information.pendingEmail { waiting(pending) }
            PostForm(action: OwnPage.email.path, id: "address-form", hidden: hidden) {
                AddressFields(entry, errors)
                RequiredNote()
                ButtonRow {
                    SubmitButton("Envoyer", id: "send")
                    LinkButton("Annuler", href: OwnPage.account.path, id: "cancel", kind: .quiet)
                }
            }
        }.markup
    }

    @MarkupBuilder private func waiting(_ pending: String) -> Markup {
        p {
            "Ma nouvelle adresse mail\u{A0}: "
            strong(.id("pending-address"), text: pending)
        }
        PostForm(action: OwnPage.email.path, id: "resend-form", hidden: hidden) {
            ButtonRow {
                SubmitButton(
                    "Renvoyer un email de validation", id: "resend", kind: .secondary,
                    name: StepField.action, value: AddressPages.Action.resend.rawValue)
                SubmitButton(
                    "Abandonner ce changement", id: "abandon", kind: .quiet,
                    name: StepField.action, value: AddressPages.Action.abandon.rawValue)
            }
        }
    }
}
