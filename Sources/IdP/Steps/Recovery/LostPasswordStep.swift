import Flow
import FoundationEssentials
import HTML
import Hummingbird
import Messages
import Parents
import Serving
import Store
import Tokens
import Web

/// PWD-1: a link to the confirmed address, or a code to the directory's number, of the account that the
/// identifier names (J-X-01 to J-X-11, J-X-16). Either allows a new password, and signs nobody in.
///
/// A profile that answers neutrally goes on to PWD-2, or to the code's screen, whatever was typed, with
/// the same look-ups and the same writes (security.md 4.3; SR-46).
struct LostPasswordStep: AuthenticationStep {
    static let id = StepID.lostPassword

    let doors: SignInDoors

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(LostPasswordEntry(), context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard let identifier = LostPasswordEntry(form).identifier else { return [] }
        return AttemptLimit.recoveryForms(
            [.identifier(identifier)], network: context.network, context.desk.policy.recovery)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? {
        try LostPasswordEntry(form).identifier.flatMap { try store.account(identifier: $0)?.id }
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        tooMany(LostPasswordEntry(form), until, interaction, context)
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let entry = LostPasswordEntry(form)
        guard let identifier = entry.identifier else { return .again(page(entry, context)) }
        let nobody: Account.ID = context.desk.makeID(at: context.now)
        let subject = try await context.desk.store.read { reader in
            try RecoverySubject(
                reader.account(identifier: identifier), nobody: nobody, in: reader)
        }
        let limited = { @Sendable until in tooMany(entry, until, interaction, context) }
        let isNeutral = context.desk.policy.answersNeutrally
        switch entry.channel {
        case .mail:
            let mailbox = subject.mailbox
            if case .failure(let refusal) = mailbox, !isNeutral {
                return refused(refusal, subject, entry, context)
            }
            return try mail(
                try? mailbox.get(), nobody, identifier, interaction, context, tooMany: limited)
        case .sms:
            let telephone = subject.telephone
            if case .failure(let refusal) = telephone, !isNeutral {
                return refused(refusal, subject, entry, context)
            }
            return try text(try? telephone.get(), identifier, context, tooMany: limited)
        }
    }

    /// M-3 with a link of its own; the older one is void.
    ///
    /// - Parameters:
    ///   - mailbox: nil for nobody, where the answer must not tell.
    ///   - nobody: whose the link is then.
    private func mail(
        _ mailbox: (account: Account, address: MailAddress)?, _ nobody: Account.ID,
        _ identifier: String, _ interaction: Interaction, _ context: StepContext,
        tooMany: @escaping @Sendable (_ until: Date) -> any Page
    ) throws -> Transition {
        let (desk, now) = (context.desk, context.now)
        let account = mailbox?.account
        let (token, reference) = (desk.makeToken(.mailToken, at: now), makeReference(desk))
        let expiresAt = now + desk.policy.mailLinks.reset
        guard let address = mailbox?.address ?? MailAddress(Self.nobodysAddress),
            let mail = AccountMails(desk: desk).passwordReset(
                account, to: address, reference: reference, token: token, expiresAt: expiresAt,
                at: now)
        else { throw HTTPError(.serviceUnavailable) }
        let link = MailToken(
            reference: token.reference, purpose: .passwordReset, account: account?.id ?? nobody,
            accountEpoch: account?.epoch ?? 0, address: address.text, interaction: interaction.id,
            browserHash: interaction.browser.bytes, client: context.client?.id, createdAt: now,
            expiresAt: expiresAt)
        let rules = AttemptLimit.recoveryMails(
            to: .identifier(identifier), network: context.network,
            interval: desk.policy.sends.interval, desk.policy.sends)
        // By its number the assistance finds the request.
        let noted = context.audit(
            account == nil ? .resetRefused : .resetMailed, account, reference)
        return Transition(
            recovery: .set(.linkMailed(reference: reference)),
            changes: [.issueMailToken(link), mail, noted],
            limit: Transition.Limit(rules, page: tooMany))
    }

    /// M-8. The number is the directory's, and nobody typed it.
    private func text(
        _ telephone: (account: Account, number: MobileNumber)?, _ identifier: String,
        _ context: StepContext, tooMany: @escaping @Sendable (_ until: Date) -> any Page
    ) throws -> Transition {
        let account = telephone?.account
        let sending = try CodeSending(
            .reset, to: telephone?.number ?? .fictitious, identifier: identifier,
            for: account.map { .account($0.id) } ?? .nobody(typed: [identifier]),
            account: account, context)
        return Transition(
            recovery: .set(.codeSent(sending.challenge, for: account.map { ProvedAccount($0) })),
            changes: sending.changes, limit: Transition.Limit(sending.rules, page: tooMany))
    }

    private func refused(
        _ refusal: RecoverySubject.Refusal, _ subject: RecoverySubject, _ entry: LostPasswordEntry,
        _ context: StepContext
    ) -> Transition {
        .again(
            page(entry.refused(refusal), context, .refused(refusal)),
            [context.audit(.resetRefused, subject.account, refusal.rawValue)])
    }

    private func tooMany(
        _ entry: LostPasswordEntry, _ until: Date, _ interaction: Interaction,
        _ context: StepContext
    ) -> LostPasswordPage {
        page(entry, context, .tooMany(TooManyCodes(until: until, interaction, context)))
    }

    private func page(
        _ entry: LostPasswordEntry, _ context: StepContext,
        _ message: LostPasswordPage.Message? = nil
    ) -> LostPasswordPage {
        LostPasswordPage(
            form: context.form, doors: doors.entrances(at: context.now),
            upstreamForm: context.form(to: .upstream), entry: entry, message: message)
    }

    /// 15 digits, each number as likely as any other (J-F-07).
    private func makeReference(_ desk: Desk) -> String {
        (0..<3).map { _ in CodeSending.makeCode(digits: 5, random: desk.environment.random) }
            .joined()
    }

    /// No host has this name (RFC 2606 §2), and nothing is sent there.
    private static let nobodysAddress = "nobody@educonnect.invalid"
}

/// What was typed into PWD-1, and what is wrong with it.
struct LostPasswordEntry: Sendable {
    let channel: RecoveryChannel
    /// As typed, bounded, to be shown again.
    let typed: String
    /// As it would be stored; nil for an empty field.
    let identifier: String?
    private(set) var errors = FieldErrors()

    static let field = PasswordEntry.Field.identifier

    /// Nothing yet.
    init() { (channel, typed, identifier) = (.mail, "", nil) }

    init(_ form: Form) {
        channel = RecoveryChannel(form)
        typed = form.typed(Self.field, lengthMax: PasswordEntry.identifierMax)
        identifier = form[Self.field].flatMap(PasswordEntry.identifier)
        if identifier == nil { errors.add(Self.field, FieldWords.required) }
    }

    func refused(_ refusal: RecoverySubject.Refusal) -> LostPasswordEntry {
        guard refusal == .unknown else { return self }
        var entry = self
        entry.errors.add(Self.field, "L'identifiant saisi n'est pas reconnu.")
        return entry
    }
}
