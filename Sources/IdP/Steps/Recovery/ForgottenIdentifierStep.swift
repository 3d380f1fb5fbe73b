import Flow
import FoundationEssentials
import HTML
import Messages
import Parents
import Store
import Tokens
import Web

/// ID-1: the identifiers of a confirmed address, or of the directory's mobile number, are sent there and
/// shown to nobody (J-I-01 to J-I-11).
///
/// A profile that answers neutrally goes on to ID-2 whatever was typed, with the same look-ups and the
/// same writes (security.md 4.2; SR-46).
struct ForgottenIdentifierStep: AuthenticationStep {
    static let id = StepID.forgottenIdentifier

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        ForgottenIdentifierPage(context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        let entry = ForgottenIdentifierEntry(form)
        guard entry.asked != nil else { return [] }
        return AttemptLimit.recoveryForms(
            entry.typed, network: context.network, context.desk.policy.recovery)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        ForgottenIdentifierPage(
            context, ForgottenIdentifierEntry(form),
            .tooMany(Wait(until: until, now: context.now)))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let entry = ForgottenIdentifierEntry(form)
        switch entry.asked {
        case .mail(let address): return try await mail(address, entry, context)
        case .text(let numbers): return try await text(numbers, entry, context)
        case nil: return .again(ForgottenIdentifierPage(context, entry))
        }
    }

    private func mail(
        _ address: MailAddress, _ entry: ForgottenIdentifierEntry, _ context: StepContext
    ) async throws -> Transition {
        let accounts = try await context.desk.store.read { try $0.accounts(email: address.text) }
        if accounts.isEmpty, !context.desk.policy.answersNeutrally {
            return unknown(entry, context)
        }
        let limits = context.desk.policy
        let rules = AttemptLimit.recoveryMails(
            to: .address(address.text), network: context.network,
            interval: limits.recovery.reminderInterval, limits.sends)
        return Transition(
            recovery: .set(.identifierMailed(address.text)),
            changes: try IdentifierReminder(of: accounts, to: address, context).changes,
            limit: limit(rules, entry, context))
    }

    private func text(
        _ numbers: [MobileNumber], _ entry: ForgottenIdentifierEntry, _ context: StepContext
    ) async throws -> Transition {
        let found = try await context.desk.store.read { reader in
            try numbers.map { (number: $0, accounts: try reader.accounts(mobile: $0.e164)) }
        }
        // A national writing can mean two numbers; where both lead to somebody, it tells nothing.
        let known = found.filter { !$0.accounts.isEmpty }
        let only = known.count == 1 ? known.first : nil
        let number = only?.number ?? numbers.first ?? .fictitious
        let accounts = only?.accounts ?? []
        let reminder = try IdentifierReminder(of: accounts, to: number, context)
        if !reminder.isReal, !context.desk.policy.answersNeutrally {
            return unknown(entry, context)
        }
        let rules = AttemptLimit.sends(
            .identifierReminder, phones: numbers,
            subject: Digest.sha256("reminder|" + number.e164).bytes, network: context.network,
            isReal: reminder.isReal, context.desk.policy.sends)
        return Transition(
            recovery: .set(.identifierTexted), changes: reminder.changes,
            limit: limit(rules, entry, context))
    }

    private func unknown(
        _ entry: ForgottenIdentifierEntry, _ context: StepContext
    ) -> Transition {
        .again(
            ForgottenIdentifierPage(context, entry.unknown, .unknown),
            [context.audit(.reminderRefused, nil, entry.channel.rawValue)])
    }

    private func limit(
        _ rules: [AttemptRule], _ entry: ForgottenIdentifierEntry, _ context: StepContext
    ) -> Transition.Limit {
        Transition.Limit(rules) { until in
            ForgottenIdentifierPage(
                context, entry, .tooMany(Wait(until: until, now: context.now)))
        }
    }
}

/// What was typed into ID-1, bounded, and what is wrong with it.
struct ForgottenIdentifierEntry: Sendable {
    enum Asked: Sendable {
        case mail(MailAddress)
        case text([MobileNumber])
    }

    static let emailField = "email"

    let channel: RecoveryChannel
    /// As typed.
    let email: String
    let number: EnrolmentEntry
    /// Nil while something is wrong.
    let asked: Asked?
    private(set) var errors: FieldErrors

    /// Nothing yet.
    init() {
        (channel, email, asked, errors) = (.mail, "", nil, FieldErrors())
        number = EnrolmentEntry(nil)
    }

    init(_ form: Form) {
        channel = RecoveryChannel(form)
        email = form.typed(Self.emailField)
        switch channel {
        case .mail:
            number = EnrolmentEntry(nil)
            errors = FieldErrors()
            asked = MailAddress(typed: email).map(Asked.mail)
            if asked == nil {
                let isEmpty = email.allSatisfy(\.isWhitespace)
                errors.add(
                    Self.emailField,
                    isEmpty ? FieldWords.required : "L'adresse mail saisie n'est pas valide.")
            }
        case .sms:
            number = EnrolmentEntry(form, asksNames: false)
            errors = number.errors
            asked = errors.isEmpty ? .text(number.numbers) : nil
        }
    }

    /// What is counted.
    var typed: [AttemptLimit.Typed] {
        switch asked {
        case .mail(let address): [.address(address.text)]
        case .text(let numbers): numbers.map(AttemptLimit.Typed.number)
        case nil: []
        }
    }

    /// The same, found by nobody: a number's screen says so above the form, as A-4 does.
    var unknown: ForgottenIdentifierEntry {
        guard case .mail = asked else { return self }
        var entry = self
        entry.errors.add(Self.emailField, "L'adresse mail saisie n'est pas reconnue.")
        return entry
    }

    static func label(_ field: String) -> String {
        field == emailField ? "adresse mail" : EnrolmentEntry.label(field)
    }
}
