import Flow
import FoundationEssentials
import HTML
import Messages
import Parents
import Store
import Tokens
import Web

/// C-6 of an active account: an address waits that was typed where the account was opened, or on its
/// page. Its owner keeps it, corrects it, or goes on without; the flow waits for no mail (J-O-03 to
/// J-O-05, J-O-07, J-O-15).
struct AddressCheckStep: AuthenticationStep {
    static let id = StepID.addressCheck
    /// The value of « Continuer sans confirmer ».
    static let goOn = "continuer"

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let account = try await context.account(of: interaction)
        return AddressCheckPage(
            form: context.form, confirmed: account?.email,
            entry: AddressEntry(both: account?.pendingEmail ?? ""))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let checked = Fact.decided(.checkedAddress, at: context.now)
        if form[StepField.action] == Self.goOn { return Transition(facts: [checked]) }
        // The link may have been followed since this form was found due: then nothing waits.
        guard let account = try await context.account(of: interaction), account.pendingEmail != nil
        else { return Transition(next: .stay) }
        var page = AddressCheckPage(
            form: context.form, confirmed: account.email, entry: AddressEntry(form))
        guard let address = page.entry.newAddress(than: account.email, &page.errors) else {
            return .again(page)
        }
        let change: AddressChange
        do {
            change = try AddressChange(
                to: address, of: account, askedIn: interaction.browser, context.desk,
                at: context.now)
        } catch is AccountChange.Refused {
            return Transition(restarts: true)
        }
        let now = context.now
        return Transition(
            facts: [checked],
            changes: change.changes + [context.audit(.addressGiven, account, change.detail)],
            limit: Transition.Limit(change.rules) { [page] until in
                var page = page
                page.message = Wait(until: until, now: now).tooManyAttempts
                return page
            })
    }
}

struct AddressCheckPage: Page {
    let form: StepForm
    /// Where mails go meanwhile.
    let confirmed: String?
    let entry: AddressEntry
    var errors = FieldErrors()
    /// Above the form: too many mails.
    var message: String?

    var title: String {
        title(AddressPage.heading, hasError: !errors.isEmpty || message != nil)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: AddressPage.heading)
        if let message { Notice(.error, id: "address-error", text: message) }
        errors.summary(AddressFields.label)
        p(.class("lead"), text: AddressPage.request)
        if let confirmed {
            p {
                "Tant qu'elle n'est pas confirmée, tous les courriels sont envoyés à "
                strong(.id("present-address"), text: confirmed)
                ". Si vous n'avez pas demandé ce changement, continuez sans confirmer, puis modifiez "
                "votre mot de passe."
            }
        }
        PostForm(action: form.action, id: "address-form", hidden: form.hidden) {
            AddressFields(entry, errors)
            RequiredNote()
            p(
                .class("hint"),
                text: "Vous pourrez vous connecter même avec une adresse mail non confirmée.")
            ButtonRow {
                SubmitButton("Valider", id: "validate")
                SubmitButton(
                    "Continuer sans confirmer", id: "go-on", kind: .secondary,
                    name: StepField.action, value: AddressCheckStep.goOn)
                CancelButton()
            }
        }
        NeedHelp(.mailNotFound)
    }
}
