import FoundationEssentials
import Flow
import Parents
import Serving
import Store
import Tokens
import Web

/// The step that says who somebody is: identifier and password (screen SIGN-1).
///
/// What is told apart is told only to somebody who has typed the right password (SR-46).
struct PasswordStep: AuthenticationStep {
    static let id = StepID.password
    static let hashesPassword = true

    typealias Field = PasswordEntry.Field

    let passwords: PasswordCheck
    let doors: SignInDoors

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let hint = interaction.destination.loginHint ?? ""
        return doors.page(context, identifier: hint, notice: interaction.notice)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard let entry = PasswordEntry(form) else { return [] }
        return try await passwords.rules(
            entry, browser: interaction.browser, network: context.network, at: context.now)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? {
        guard let entry = PasswordEntry(form) else { return nil }
        return try store.account(identifier: entry.identifier)?.id
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        page(form, context, .tooManyAttempts(Wait(until: until, now: context.now)))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let entry = PasswordEntry(form) else { return again(form, context, .emptyField) }
        guard let place = context.place else { throw WorkerPool.Busy() }
        switch try await passwords.outcome(entry, on: place, at: context.now) {
        case .wrong(let account): return refused(account, "wrong", .wrong, form, context)
        case .unopened(let account):
            return refused(account, "not activated", .wrong, form, context)
        case .closed(let account): return refused(account, "closed", .closed, form, context)
        case .provisionalExpired(let account):
            return refused(account, "out of date", .provisionalExpired, form, context)
        case .provisional(let account):
            return opensActivation(account, settled(account, interaction, context), context)
        case .own(let account, let changes):
            return signedIn(account, changes, settled(account, interaction, context), context)
        }
    }

    private func settled(
        _ account: Account, _ interaction: Interaction, _ context: StepContext
    ) -> SettledTry {
        SettledTry(
            account, browser: interaction.browser, network: context.network,
            counted: context.counted)
    }

    private func signedIn(
        _ account: Account, _ rehash: [Change], _ settled: SettledTry, _ context: StepContext
    ) -> Transition {
        var changes = settled.changes
        // Whoever chose the password of an account that is being opened may be somebody else.
        if account.state == .active {
            changes += context.signInChanges(
                account, browser: settled.browser, isKnown: settled.isKnownBrowser)
        }
        return Transition(
            facts: [.proved(.password, at: context.now)], who: .account(ProvedAccount(account)),
            changes: changes + rehash)
    }

    /// The letter's password signs nobody in: it leads to C-1 and no further (J-S-14, SR-54).
    private func opensActivation(
        _ account: Account, _ settled: SettledTry, _ context: StepContext
    ) -> Transition {
        Transition(
            facts: [.proved(.provisionalPassword, at: context.now)],
            who: .account(ProvedAccount(account)),
            changes: settled.changes + [context.audit(.activationOpened, account)])
    }

    private func refused(
        _ account: Account?, _ reason: String, _ message: SignInPage.Message, _ form: Form,
        _ context: StepContext
    ) -> Transition {
        again(form, context, message, [context.audit(.signInRefused, account, reason)])
    }

    private func again(
        _ form: Form, _ context: StepContext, _ message: SignInPage.Message,
        _ changes: [Change] = []
    ) -> Transition {
        .again(page(form, context, message), changes)
    }

    private func page(
        _ form: Form, _ context: StepContext, _ message: SignInPage.Message
    ) -> SignInPage {
        doors.page(
            context,
            identifier: form.typed(Field.identifier, lengthMax: PasswordEntry.identifierMax),
            message: message,
            missing: [Field.identifier, Field.password].filter { (form[$0] ?? "").isEmpty })
    }
}
