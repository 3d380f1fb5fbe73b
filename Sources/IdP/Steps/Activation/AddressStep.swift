import Flow
import FoundationEssentials
import HTML
import Messages
import Parents
import Serving
import Store
import Tokens
import Web

/// C-6 of an account that is being opened: its owner signed in, but nobody has followed the link yet
/// (J-S-16, J-C-29, T8). The address is kept or corrected, and M-1 goes out anew; the older link is
/// void.
struct AddressStep: AuthenticationStep {
    static let id = StepID.address

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let address = try await context.account(of: interaction)?.pendingEmail ?? ""
        return AddressPage(form: context.form, entry: AddressEntry(both: address))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        // Its link may have been followed since this form was found due. On an active account a given
        // address would begin a change, without what a change asks for.
        guard let account = try await context.account(of: interaction), account.state == .activating
        else { return Transition(restarts: true) }
        var page = AddressPage(form: context.form, entry: AddressEntry(form))
        guard let address = page.entry.address(&page.errors) else {
            return .again(page)
        }
        let change: AccountChange
        do {
            change = try AccountChange(
                .addressGiven(address.text), of: account, context.desk.policy, at: context.now)
        } catch {
            return Transition(restarts: true)
        }
        let detail = account.pendingEmail == address.text ? "kept" : "corrected"
        return try context.sendConfirmation(
            to: address, of: change.account, interaction,
            after: change.changes + [context.audit(.addressGiven, account, detail)]
        ) { [page] wait in
            var page = page
            page.message = wait.tooManyAttempts
            return page
        }
    }
}

struct AddressPage: Page {
    let form: StepForm
    let entry: AddressEntry
    var errors = FieldErrors()
    /// Above the form: too many mails.
    var message: String?

    static let heading = "Vérification de votre adresse mail"
    static let request =
        "Votre adresse mail n'est pas encore confirmée. Vérifiez l'adresse saisie, modifiez-la si "
        + "nécessaire, puis validez\u{A0}: vous recevrez un nouveau mail de confirmation."

    var title: String {
        title(Self.heading, hasError: !errors.isEmpty || message != nil)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        if let message { Notice(.error, id: "address-error", text: message) }
        errors.summary(AddressFields.label)
        p(.class("lead"), text: Self.request)
        p(
            text: "Si vous ne confirmez pas l'adresse mail via le mail reçu, vous ne pourrez pas "
                + "activer votre compte et par conséquent, vous ne pourrez pas accéder aux services "
                + "proposés par l'éducation nationale.")
        PostForm(action: form.action, id: "address-form", hidden: form.hidden) {
            AddressFields(entry, errors)
            RequiredNote()
            ButtonRow {
                SubmitButton("Valider", id: "validate")
                CancelButton()
            }
        }
        NeedHelp(.mailNotFound)
    }
}
