import FoundationEssentials
import Flow
import Parents
import Serving
import Store
import Tokens
import Web

/// The step that says who somebody is: identifier and password (screen SIGN-1).
///
/// An unknown identifier, a wrong password and an account without one take the same time and get the
/// same answer (SR-46); what is told apart is told only to somebody who has typed the right password.
struct PasswordStep: AuthenticationStep {
    static let id = StepID.password
    static let hashesPassword = true

    /// Verified in place of a hash that does not exist, so that time tells nothing.
    private let decoy: String

    private let doors: SignInDoors

    init(environment: ServerEnvironment, doors: SignInDoors) throws {
        self.doors = doors
        decoy = try PasswordHash.hash(
            environment.random(32), salt: environment.random(PasswordHash.saltByteCount))
    }

    enum Field {
        static let identifier = "identifier"
        static let password = "password"
    }

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let hint = interaction.destination.loginHint ?? ""
        return doors.page(context, identifier: hint, notice: interaction.notice)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard let entry = Entry(form) else { return [] }
        let now = context.now
        let (key, isKnown) = try await context.desk.store.read { reader in
            let account = try reader.account(identifier: entry.identifier)
            let key = AttemptLimit.browserKey(
                identifier: entry.identifier, epoch: account?.epoch ?? 0,
                browser: interaction.browser)
            return (key, try reader.isKnownBrowser(key, at: now))
        }
        return AttemptLimit.password(
            identifier: entry.identifier, network: context.network,
            knownBrowser: isKnown ? key : nil,
            context.desk.policy.passwordAttempts)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? {
        guard let entry = Entry(form) else { return nil }
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
        guard let entry = Entry(form) else { return again(form, context, .emptyField) }
        let account = try await context.desk.store.read {
            try $0.account(identifier: entry.identifier)
        }
        // While there is an own password, the letter's is out of date.
        let stored = account?.passwordHash ?? account?.provisionalPasswordHash
        let hash = stored ?? decoy
        guard let place = context.place else { throw WorkerPool.Busy() }
        let salt = context.desk.environment.random(PasswordHash.saltByteCount)
        let checked = try await place.run { try Self.check(entry.password, hash, salt: salt) }
        guard checked.isRight, stored != nil, let account else {
            return refused(account, "wrong", .wrong, form, context)
        }
        let standing = PasswordStanding(
            account, at: context.now, context.desk.policy.provisionalPassword)
        let tried = Tried(entry, account, interaction, context)
        switch (account.state, standing) {
        case (.closed, _): return refused(account, "closed", .closed, form, context)
        case (.active, .own), (.active, .mustChange), (.activating, .own),
            (.activating, .mustChange):
            return signedIn(account, hash, checked.rehashed, tried, context)
        case (.active, .provisional(expired: false)),
            (.notifiedNotActivated, .provisional(expired: false)):
            return opensActivation(account, tried, context)
        case (.active, .provisional(expired: true)),
            (.notifiedNotActivated, .provisional(expired: true)):
            return refused(account, "out of date", .provisionalExpired, form, context)
        case (.notNotified, _), (.notifiedNotActivated, _), (.activating, _), (.active, .none):
            return refused(account, "not activated", .wrong, form, context)
        }
    }

    private func signedIn(
        _ account: Account, _ hash: String, _ rehashed: String?, _ tried: Tried,
        _ context: StepContext
    ) -> Transition {
        var changes = tried.settled
        // Whoever chose the password of an account that is being opened may be somebody else.
        if account.state == .active {
            changes += context.signInChanges(
                account, browser: tried.browser, isKnown: tried.isKnown)
        }
        if let rehashed { changes.append(.rehashPassword(account.id, from: hash, to: rehashed)) }
        return Transition(
            facts: [.proved(.password, at: context.now)], who: .account(ProvedAccount(account)),
            changes: changes)
    }

    /// The letter's password signs nobody in: it leads to C-1 and no further (J-S-14, SR-54).
    private func opensActivation(
        _ account: Account, _ tried: Tried, _ context: StepContext
    ) -> Transition {
        Transition(
            facts: [.proved(.provisionalPassword, at: context.now)],
            who: .account(ProvedAccount(account)),
            changes: tried.settled + [context.audit("activationOpened", account)])
    }

    private func refused(
        _ account: Account?, _ reason: String, _ message: SignInPage.Message, _ form: Form,
        _ context: StepContext
    ) -> Transition {
        again(form, context, message, [context.audit("signInRefused", account, reason)])
    }

    /// What a right password was counted under.
    private struct Tried {
        let browser: AttemptKey
        /// Whether this browser signed the account in before.
        let isKnown: Bool
        /// The waits that it ends, and the rest that it gives back.
        let settled: [Change]

        init(
            _ entry: Entry, _ account: Account, _ interaction: Interaction, _ context: StepContext
        ) {
            let browser = AttemptLimit.browserKey(
                identifier: entry.identifier, epoch: account.epoch, browser: interaction.browser)
            let counted = context.counted
            func wait(_ knownBrowser: AttemptKey?) -> AttemptKey {
                AttemptLimit.waitKey(
                    identifier: entry.identifier, network: context.network,
                    knownBrowser: knownBrowser)
            }
            // Of the two waits that there may be, the one that was counted.
            let (ofBrowser, ofNetwork) = (wait(browser), wait(nil))
            let waits = [ofBrowser, ofNetwork]
            self.browser = browser
            isKnown = counted.contains(ofBrowser)
            settled = [
                .clearAttempts(counted.filter(waits.contains)),
                .giveBackAttempts(counted.filter { !waits.contains($0) }),
            ]
        }
    }

    /// Argon2id, on a thread of the pool. A hash made with other parameters is made anew (D2).
    private static func check(
        _ password: [UInt8], _ hash: String, salt: [UInt8]
    ) throws -> (isRight: Bool, rehashed: String?) {
        guard try PasswordHash.verify(password, hash) else { return (false, nil) }
        guard PasswordHash.needsRehash(hash) else { return (true, nil) }
        return (true, try PasswordHash.hash(password, salt: salt))
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
            context, identifier: form.typed(Field.identifier, lengthMax: Entry.identifierMax),
            message: message,
            missing: [Field.identifier, Field.password].filter { (form[$0] ?? "").isEmpty })
    }
}

extension PasswordStep {
    /// What was typed. Identifiers are trimmed and lower-cased (J §2.12); passwords are taken as they
    /// are: no trimming, no folding, no cut (SR-41).
    struct Entry {
        let identifier: String
        let password: [UInt8]

        static let identifierMax = 64

        /// Nil when a field is empty. What is too long for anything we ever gave out is not cut: it
        /// is another identifier, and wrong.
        init?(_ form: Form) {
            guard let typed = form[Field.identifier], let secret = form[Field.password],
                !secret.isEmpty
            else { return nil }
            let trimmed = typed.trimmingCharacters()
            guard !trimmed.isEmpty else { return nil }
            identifier = trimmed.utf8.count <= Self.identifierMax ? trimmed.lowercased() : "-"
            let bytes = Array(secret.utf8)
            // Longer ones can't be right and would only cost time (security history 2.43).
            password = bytes.count <= PasswordHash.passwordByteCountMax ? bytes : []
        }
    }
}

extension String {
    fileprivate func trimmingCharacters() -> String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
