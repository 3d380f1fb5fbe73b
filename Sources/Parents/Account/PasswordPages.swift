import Flow
import FoundationEssentials
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/compte/mot-de-passe` (ACC-2): another password of one's own, for whoever types the present one
/// (J-M-07 to J-M-13, SR-47).
///
/// Every session, grant, code and link of the account ends with the old password; this session goes on
/// under a new name (security.md 4.15).
public struct PasswordPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor
    private let passwords: PasswordCheck

    enum Field {
        static let present = "present-password"
        static let new = "new-password"
        static let newAgain = "new-password-confirmation"
    }

    public init(desk: Desk, passwords: PasswordCheck) {
        self.desk = desk
        self.passwords = passwords
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.password.path), use: show)
        router.post(RouterPath(OwnPage.password.path), use: take)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.password, request, context) { visitor in
            // Neither shown nor changed by whom a provider vouched for (J-M-12).
            if visitor.isFederated { return Redirect.seeOther(desk.url(OwnPage.account.path)) }
            let owner = try await visitor.owner()
            var page = PasswordPage(visitor)
            page.flash = visitor.flash(request)
            return visitor.answer(page, for: owner)
        }
    }

    private func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.password, request, context) { form, visitor in
            if visitor.isFederated { return Redirect.seeOther(desk.url(OwnPage.account.path)) }
            let (id, now) = (visitor.account.id, visitor.now)
            let (guardians, children) = try await desk.store.read { reader in
                let family = try reader.family(of: id, at: now)
                return (family.guardians, family.children.map(\.view.child))
            }
            let owner = AccountOwner(visitor, guardians.latest)
            let known = PasswordContext(
                identifier: visitor.account.identifier, guardians: guardians, children: children)
            var page = PasswordPage(visitor)
            guard let (present, new) = page.read(form, of: visitor.account, known) else {
                return visitor.answer(page, for: owner, status: .unprocessableContent)
            }
            switch try await passwords.tried(present, by: visitor) {
            case .tooMany(let until):
                let wait = Wait(until: until, now: now)
                page.message = wait.tooManyAttempts
                return visitor.answerTooMany(page, for: owner, wait)
            case .checked(.own(let account, _), let counted, let place) where account.id == id:
                let salt = desk.environment.random(PasswordHash.saltByteCount)
                let bytes = Array(new.utf8)
                let hash = try await place.run { try PasswordHash.hash(bytes, salt: salt) }
                return try await change(account, to: hash, visitor, counted)
            case .checked:
                let event = visitor.audit(.passwordRefused)
                try await desk.store.write { try $0.apply([event], at: now) }
                page.errors.add(Field.present, "Le mot de passe actuel est incorrect.")
                return visitor.answer(page, for: owner, status: .unprocessableContent)
            }
        }
    }

    private func change(
        _ account: Account, to hash: String, _ visitor: Visitor, _ counted: [AttemptKey]
    ) async throws -> Response {
        let now = visitor.now
        let settled = SettledTry(
            account, browser: visitor.browser, network: visitor.network, counted: counted)
        guard
            let change = try? AccountChange(
                .passwordChanged(passwordHash: hash), of: account, desk.policy, at: now),
            let session = visitor.session(goingOnIn: change.account)
        else { return visitor.nothingChanged }
        let mail = AccountMails(desk: desk).passwordReplaced(change.account, at: now)
        let known = AttemptLimit.browserKey(of: change.account, visitor.browser)
        let changes =
            settled.changes + change.changes + [
                .openSession(session.row), desk.knowing(known, at: now),
                visitor.audit(.passwordChanged),
            ] + [mail].compactMap { $0 }
        switch try await visitor.commit(changes) {
        case .saved:
            return visitor.leads(
                to: .account, saying: .passwordChanged, headers: [.setCookie: session.cookie])
        case .moved, .limited: return visitor.nothingChanged
        }
    }
}

/// ACC-2.
struct PasswordPage: Page {
    private let rule: PasswordRule
    private let hidden: [HiddenField]
    var errors = FieldErrors()
    /// Above the form: too many tries.
    var message: String?
    var flash: Flash?

    private typealias Field = PasswordPages.Field

    init(_ visitor: Visitor) {
        rule = visitor.desk.policy.passwordRule
        hidden = visitor.hiddenFields()
    }

    /// What was typed, as far as it can be judged without looking at the present password; nil, and the
    /// errors say why.
    mutating func read(
        _ form: Form, of account: Account, _ known: PasswordContext
    ) -> (present: PasswordEntry, new: String)? {
        let present = PasswordEntry(form[Field.present] ?? "", of: account.identifier)
        if present == nil { errors.add(Field.present, FieldWords.required) }
        let new = errors.newPassword(
            form[Field.new], in: Field.new, again: form[Field.newAgain], in: Field.newAgain, rule,
            knownOfOwner: known)
        guard let present, let new else { return nil }
        if Array(new.utf8) == present.password {
            errors.add(Field.new, FieldWords.samePassword)
            return nil
        }
        return (present, new)
    }

    private static let heading = "Je choisis mon nouveau mot de passe"

    var title: String { title(Self.heading, hasError: !errors.isEmpty || message != nil) }

    private func label(_ field: String) -> String {
        switch field {
        case Field.present: "mot de passe actuel"
        case Field.new: "nouveau mot de passe**"
        default: "confirmation du nouveau mot de passe"
        }
    }

    var content: Markup {
        p(.class("overline"), text: "MON COMPTE")
        h1(text: Self.heading)
        if let flash { flash.notice }
        if let message { Notice(.error, id: "password-error", text: message) }
        errors.summary(label)
        p(.class("lead"), text: "Saisissez votre nouveau mot de passe.")
        PostForm(action: OwnPage.password.path, id: "password-form", hidden: hidden) {
            field(Field.present, .currentPassword, isFirst: true)
            field(Field.new, .newPassword)
            field(Field.newAgain, .newPassword)
            RequiredNote()
            p(.class("hint"), .id("rule"), text: "** \(rule.shortHint)")
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                LinkButton("ANNULER", href: OwnPage.account.path, id: "cancel", kind: .quiet)
            }
        }
        NeedHelp(.ownPassword)
    }

    private func field(
        _ name: String, _ autocomplete: Attribute.Autocomplete, isFirst: Bool = false
    ) -> PasswordField {
        PasswordField(
            label: label(name), name: name, error: errors[name], autocomplete: autocomplete,
            isAutofocused: errors.isFocused(name, otherwise: isFirst))
    }
}
