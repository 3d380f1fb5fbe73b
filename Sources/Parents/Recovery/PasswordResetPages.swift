import Flow
import HTML
import Serving
import Tokens
import Web

/// PWD-3, after the link of a mail or after a code (J-X-12, J-X-13).
public struct PasswordResetPage: Page {
    private let form: StepForm
    private let rule: PasswordRule
    private let identifier: String
    private let errors: FieldErrors
    private let leaving: Markup

    /// - Parameters:
    ///   - typed: the form, where it comes back.
    ///   - leaving: « ANNULER ».
    public init(
        _ form: StepForm, _ rule: PasswordRule, typed: Form? = nil,
        errors: FieldErrors = FieldErrors(), @MarkupBuilder leaving: () -> Markup
    ) {
        self.form = form
        self.rule = rule
        identifier =
            typed?.typed(Field.identifier, lengthMax: PasswordEntry.identifierMax) ?? ""
        self.errors = errors
        self.leaving = leaving()
    }

    private typealias Field = PasswordReset.Field

    static let heading = "MODIFICATION DU MOT DE PASSE"

    public var title: String { title(Self.heading, hasError: !errors.isEmpty) }
    public var keepsForm: Bool { true }

    private func label(_ field: String) -> String {
        switch field {
        case Field.identifier: "identifiant"
        case Field.password: "nouveau mot de passe**"
        default: "confirmation du nouveau mot de passe"
        }
    }

    public var content: Markup {
        h1(text: Self.heading)
        errors.summary(label)
        p(.class("lead"), text: "Saisissez votre identifiant et un nouveau mot de passe.")
        PostForm(action: form.action, id: "reset-form", hidden: form.hidden) {
            h2(text: "J'initialise mon nouveau mot de passe.")
            TextField(
                label: label(Field.identifier), name: Field.identifier, value: identifier,
                error: errors[Field.identifier], autocomplete: .username,
                isAutofocused: errors.isFocused(Field.identifier, otherwise: true),
                maxlength: PasswordEntry.identifierMax)
            passwordField(Field.password, help: rule.longHint)
            passwordField(Field.passwordAgain)
            RequiredNote()
            p(.class("hint"), .id("rule"), text: "** \(rule.shortHint)")
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                leaving
            }
        }
        NeedHelp(.ownPassword)
    }

    private func passwordField(_ field: String, help: String? = nil) -> PasswordField {
        PasswordField(
            label: label(field), name: field, help: help, error: errors[field],
            autocomplete: .newPassword, isAutofocused: errors.isFocused(field))
    }
}

/// PWD-4 (J-X-14, J-X-15).
public struct PasswordResetDonePage: Page {
    private let returning: Markup

    /// - Parameter returning: « RETOUR ».
    public init(@MarkupBuilder returning: () -> Markup) { self.returning = returning() }

    public var title: String { "CONFIRMATION DE MODIFICATION DU MOT DE PASSE" }
    public var keepsForm: Bool { true }

    public var content: Markup {
        h1(text: title)
        Notice(
            .success, id: "password-set", text: "Votre mot de passe a été modifié avec succès.")
        p(text: "Vous pouvez à présent vous connecter avec votre nouveau mot de passe.")
        returning
    }
}

/// What is said of a link that serves no more (J-O-16).
struct VoidResetPage: Page {
    /// PWD-1.
    let wayOn: String

    var title: String { title(PasswordResetPage.heading, hasError: true) }

    var content: Markup {
        h1(text: PasswordResetPage.heading)
        Notice(
            .error, id: "void-link",
            text: "Ce lien n'est plus valable. Veuillez renouveler votre demande.")
        ButtonRow {
            LinkButton("Renouveler ma demande", href: wayOn, id: "ask-again", kind: .primary)
        }
        NeedHelp(.lost)
    }
}
