import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

/// The one place where an identifier and a password are looked at, with the one limiter of all that
/// does (SR-45; security history 2.37).
///
/// An unknown identifier, a wrong password and an account without one take the same time (SR-46); what
/// is told apart, the caller tells only to somebody who has typed the right password.
public struct PasswordCheck: Sendable {
    private let desk: Desk
    /// Verified in place of a hash that does not exist, so that time tells nothing.
    private let decoy: String

    public init(desk: Desk) throws {
        self.desk = desk
        let random = desk.environment.random
        decoy = try PasswordHash.hash(random(32), salt: random(PasswordHash.saltByteCount))
    }

    /// What a password opens.
    public enum Outcome: Sendable {
        /// Of an unknown account, or of one that has no password, or wrong: one answer for all.
        case wrong(Account?)
        /// Right, of an account whose state it doesn't open; to be answered like a wrong one.
        case unopened(Account)
        /// Right, but absorbed or otherwise at its end.
        case closed(Account)
        /// The letter's, out of date.
        case provisionalExpired(Account)
        /// The letter's: it opens the activation and nothing else.
        case provisional(Account)
        /// The guardian's own. `changes` puts it under a newer hash where it needs that (D2).
        case own(Account, changes: [Change])
    }

    /// What is counted before the password is looked at, and whom it is counted for.
    public func rules(
        _ entry: PasswordEntry, browser: Digest, network: String, at now: Date
    ) async throws -> [AttemptRule] {
        let (key, isKnown) = try await desk.store.read { reader in
            let account = try reader.account(identifier: entry.identifier)
            let key = AttemptLimit.browserKey(
                identifier: entry.identifier, epoch: account?.epoch ?? 0, browser: browser)
            return (key, try reader.isKnownBrowser(key, at: now))
        }
        return AttemptLimit.password(
            identifier: entry.identifier, network: network, knownBrowser: isKnown ? key : nil,
            desk.policy.passwordAttempts)
    }

    /// Looks at the password, on a place in the queue of hashes. It was counted before.
    public func outcome(
        _ entry: PasswordEntry, on place: WorkerPool.Place, at now: Date
    ) async throws -> Outcome {
        let account = try await desk.store.read { try $0.account(identifier: entry.identifier) }
        // While there is an own password, the letter's is out of date.
        let stored = account?.passwordHash ?? account?.provisionalPasswordHash
        let hash = stored ?? decoy
        let salt = desk.environment.random(PasswordHash.saltByteCount)
        let checked = try await place.run { try verify(entry.password, hash, salt: salt) }
        guard checked.isRight, stored != nil, let account else { return .wrong(account) }
        switch (account.state, PasswordStanding(account, at: now, desk.policy.provisionalPassword))
        {
        case (.closed, _): return .closed(account)
        case (.active, .own), (.active, .mustChange), (.activating, .own),
            (.activating, .mustChange):
            let changes = checked.rehashed.map {
                Change.rehashPassword(account.id, from: hash, to: $0)
            }
            return .own(account, changes: changes.map { [$0] } ?? [])
        case (.active, .provisional(expired: false)),
            (.notifiedNotActivated, .provisional(expired: false)):
            return .provisional(account)
        case (.active, .provisional(expired: true)),
            (.notifiedNotActivated, .provisional(expired: true)):
            return .provisionalExpired(account)
        case (.notNotified, _), (.notifiedNotActivated, _), (.activating, _), (.active, .none):
            return .unopened(account)
        }
    }

    /// Argon2id, on a thread of the pool. A hash made with other parameters is made anew (D2).
    private func verify(
        _ password: [UInt8], _ hash: String, salt: [UInt8]
    ) throws -> (isRight: Bool, rehashed: String?) {
        if LetterPasswords.made(hash) {
            // In the time that any other takes (SR-46).
            _ = try PasswordHash.verify(password, decoy)
            return (try desk.isPassword(password, hash), nil)
        }
        guard try PasswordHash.verify(password, hash) else { return (false, nil) }
        guard PasswordHash.needsRehash(hash) else { return (true, nil) }
        return (true, try PasswordHash.hash(password, salt: salt))
    }
}

/// What a right password was counted under, and gives back.
public struct SettledTry: Sendable {
    /// Whether this browser signed the account in before.
    public let isKnownBrowser: Bool
    /// The key of this browser for this account.
    public let browser: AttemptKey
    /// The waits that it ends, and the rest that it takes back.
    public let changes: [Change]

    /// - Parameter counted: the keys of `PasswordCheck.rules`.
    public init(_ account: Account, browser: Digest, network: String, counted: [AttemptKey]) {
        let key = AttemptLimit.browserKey(of: account, browser)
        func wait(_ knownBrowser: AttemptKey?) -> AttemptKey {
            AttemptLimit.waitKey(
                identifier: account.identifier, network: network, knownBrowser: knownBrowser)
        }
        // Of the two waits that there may be, the one that was counted.
        let (ofBrowser, ofNetwork) = (wait(key), wait(nil))
        let waits = [ofBrowser, ofNetwork]
        self.browser = key
        isKnownBrowser = counted.contains(ofBrowser)
        changes = [
            .clearAttempts(counted.filter(waits.contains)),
            .giveBackAttempts(counted.filter { !waits.contains($0) }),
        ]
    }
}

extension PasswordCheck {
    /// What a try outside a flow comes to.
    public enum Tried: Sendable {
        /// Nothing was looked at.
        case tooMany(until: Date)
        /// - counted: what the try was counted under; see `SettledTry`.
        /// - on: the place where it was looked at, for a hash that follows from it.
        case checked(Outcome, counted: [AttemptKey], on: WorkerPool.Place)
    }

    /// Counts a try that a page of a signed-in guardian makes, and looks at the password.
    public func tried(_ entry: PasswordEntry, by visitor: Visitor) async throws -> Tried {
        let now = visitor.now
        let rules = try await rules(
            entry, browser: visitor.browser, network: visitor.network, at: now)
        let event = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: .triesUsedUp, account: visitor.account.id,
            network: visitor.network, detail: visitor.page.rawValue)
        let decision = try await desk.store.write { writer in
            let decision = try writer.reserve(rules, at: now)
            if case .refused = decision { try writer.appendOnceAMinute(event) }
            return decision
        }
        if case .refused(let until) = decision { return .tooMany(until: until) }
        let counted = rules.map(\.key)
        let place = try await desk.hashPlace(for: counted)
        return .checked(try await outcome(entry, on: place, at: now), counted: counted, on: place)
    }
}
