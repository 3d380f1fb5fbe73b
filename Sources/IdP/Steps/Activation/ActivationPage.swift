import Flow
import HTML
import Messages
import Parents
import Serving
import Store
import Tokens
import Web

/// The screen of `ActivationStep`: C-2, C-2a, or the form of a password to be replaced.
struct ActivationPage: Page {
    let form: StepForm
    let subject: ActivationSubject
    let rule: PasswordRule
    let screens: Policy.Screens.ActivationForm
    /// What was typed, where the form comes back.
    var entry: ActivationEntry?
    var errors = FieldErrors()
    /// Above the form: too many tries.
    var message: String?

    init(_ subject: ActivationSubject, _ context: StepContext) {
        form = context.form
        self.subject = subject
        rule = context.desk.policy.passwordRule
        screens = context.desk.policy.screens.activationForm
    }

    private typealias Field = ActivationEntry.Field

    /// C-2a and C-2b: the birth date has a screen of its own.
    private var isInTwoScreens: Bool { screens == .twoScreens && subject.form.asksBirthDate }

    private var heading: String {
        switch (subject.form, screens) {
        case (.activation, .oneScreen): "Activation du compte"
        case (.activation, .twoScreens): "PREMIÈRE CONNEXION"
        case (.reset, _), (.mustChange, _): "Modification de votre mot de passe"
        }
    }

    var title: String {
        title(heading, hasError: !errors.isEmpty || message != nil)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: heading)
        if let message { Notice(.error, id: "activation-error", text: message) }
        errors.summary(label)
        if subject.form.asksBirthDate, subject.eldest == nil {
            NoChild()
        } else {
            if isInTwoScreens {
                AccountFacts(subject: subject)
                h2(text: "Je renseigne les informations liées à mon compte")
            } else {
                p(.class("lead"), text: greeting)
            }
            fields
        }
        NeedHelp(.firstSignIn)
    }

    private var greeting: String {
        let name = subject.name
        return switch subject.form {
        case .activation:
            "Bonjour \(name), vous devez fournir une adresse email valide, modifier votre mot de passe "
                + "provisoire et, pour vérification complémentaire, saisir la date de naissance de "
                + "votre enfant affiché."
        case .reset:
            "Bonjour \(name), vous devez modifier votre mot de passe provisoire et, pour vérification "
                + "complémentaire, saisir la date de naissance de votre enfant affiché."
        case .mustChange:
            "Bonjour \(name), pour la sécurité de votre compte, vous devez modifier votre mot de passe."
        }
    }

    private var fields: Markup {
        PostForm(action: form.action, id: "activation-form", hidden: form.hidden) {
            if isInTwoScreens {
                passwords
                addresses
                RequiredNote()
                p(.class("hint"), text: "** \(rule.shortHint)")
                if subject.form.asksAddress { AddressPurposes(mark: "*** ", sendsLink: sendsLink) }
                ButtonRow {
                    SubmitButton("SUIVANT", id: "next")
                    RestartButton()
                }
            } else {
                addresses
                passwords
                if subject.form.asksBirthDate { birthDate }
                RequiredNote()
                ButtonRow {
                    SubmitButton(
                        subject.form == .activation ? "Activer votre compte" : "Valider",
                        id: "activate")
                    CancelButton()
                }
            }
        }.markup
    }

    private func label(_ field: String) -> String {
        switch field {
        case Field.email: isInTwoScreens ? "adresse mail***" : "Email"
        case Field.emailAgain:
            isInTwoScreens ? "confirmation de l'adresse mail" : "Confirmez votre email"
        case Field.password: isInTwoScreens ? "nouveau mot de passe**" : "Nouveau mot de passe"
        case Field.passwordAgain:
            isInTwoScreens ? "confirmation du nouveau mot de passe" : "Confirmez votre mot de passe"
        default: "Date de naissance de votre enfant \(subject.eldest?.firstName ?? "")"
        }
    }

    private var sendsLink: Bool { subject.form == .activation }

    @MarkupBuilder private var addresses: Markup {
        if subject.form.asksAddress {
            TextField(
                label: label(Field.email), name: Field.email,
                value: entry?.addresses.email ?? subject.knownAddress,
                hint: "Indiquez une adresse que vous consultez régulièrement.",
                error: errors[Field.email],
                type: .email, autocomplete: .email, inputmode: .email, isRequired: sendsLink,
                isAutofocused: errors.isFocused(Field.email, otherwise: !isInTwoScreens),
                maxlength: MailAddress.byteCountMax)
            if !isInTwoScreens { AddressPurposes(sendsLink: sendsLink) }
            TextField(
                label: label(Field.emailAgain), name: Field.emailAgain,
                value: entry?.addresses.emailAgain ?? "",
                error: errors[Field.emailAgain], type: .email, autocomplete: .email,
                inputmode: .email, isRequired: sendsLink,
                isAutofocused: errors.isFocused(Field.emailAgain),
                maxlength: MailAddress.byteCountMax)
        }
    }

    @MarkupBuilder private var passwords: Markup {
        PasswordField(
            label: label(Field.password), name: Field.password,
            hint: isInTwoScreens ? nil : rule.longHint,
            error: errors[Field.password], autocomplete: .newPassword,
            isAutofocused: errors.isFocused(
                Field.password, otherwise: isInTwoScreens || !subject.form.asksAddress))
        PasswordField(
            label: label(Field.passwordAgain), name: Field.passwordAgain,
            error: errors[Field.passwordAgain],
            autocomplete: .newPassword, isAutofocused: errors.isFocused(Field.passwordAgain))
    }

    @MarkupBuilder private var birthDate: Markup {
        BirthDateField(
            label: label(Field.birthDate), name: Field.birthDate, value: entry?.birthDateText ?? "",
            error: errors[Field.birthDate], isAutofocused: errors.isFocused(Field.birthDate))
        if errors[Field.birthDate] == FieldWords.wrongBirthDate { WrongBirthDateHelp() }
    }
}

/// What the address is for (J-C-09, J-C-15, J-C-23).
struct AddressPurposes: Component {
    var mark = ""
    /// Whether the form sends the mail that opens the account.
    let sendsLink: Bool

    var markup: Markup {
        div(.class("hint"), .id("address-purposes")) {
            if sendsLink {
                p(
                    text: mark
                        + "Cette adresse de messagerie est indispensable\u{A0}: sitôt ce formulaire "
                        + "validé, vous y recevrez un courriel contenant un lien sur lequel vous "
                        + "devez absolument \"cliquer\", afin de pouvoir accéder à vos services en "
                        + "ligne. Cette opération n'est à faire qu'une seule fois.")
                p(text: "Par la suite, cette adresse pourra également être utilisée pour\u{A0}:")
            } else {
                p(text: mark + "Cette adresse pourra être utilisée pour\u{A0}:")
            }
            ul {
                li(text: "vous communiquer des informations importantes concernant vos services")
                li(text: "retrouver en cas d'oubli, votre identifiant ou votre mot de passe.")
            }
        }
    }
}

/// Whose account it is, to be read (C-2a, C-2b).
struct AccountFacts: Component {
    let subject: ActivationSubject

    var markup: Markup {
        FactList([
            ("Prénom\u{A0}:", .text(subject.guardian?.firstName ?? "")),
            ("Nom\u{A0}:", .text(subject.guardian?.lastName ?? "")),
            ("Identifiant\u{A0}:", .text(subject.account.identifier)),
        ]).markup
    }
}
