import FoundationEssentials
import Synchronization
import Tokens

/// A parent signed in at this teleservice. Ends 30 minutes after its last use and ten hours after
/// its start.
struct TeleserviceSession: Sendable {
    let issuer: String
    let subject: String
    /// The provider's session, for back-channel logout.
    let providerSessionID: String?
    let idToken: Secret
    /// « Mme »; nil where the provider doesn't say.
    var civility: String?
    /// « Valéry DURANT »
    let name: String
    let pupils: [Pupil]
    /// Travels in every form of this session.
    let csrfToken: String
    let openedAt: Date

    /// « Mme Valéry DURANT »
    var greeting: String { [civility, name].compactMap { $0 }.joined(separator: " ") }
}

/// The sessions of one teleservice, in memory: lost at a restart, when single sign-on opens new
/// ones.
final class TeleserviceSessions: Sendable {
    private struct Entry {
        let session: TeleserviceSession
        var lastUsedAt: Date
    }

    static let idleMax: TimeInterval = 30 * 60
    static let lifetimeMax: TimeInterval = 10 * 3600
    private static let randomByteCount = 32

    private let countMax: Int
    /// By the hash of the cookie's value, so that a memory dump signs nobody in.
    private let entries = Mutex<[Digest: Entry]>([:])

    /// - Parameter countMax: beyond it the session that was idle longest gives way.
    init(countMax: Int = 20_000) {
        self.countMax = countMax
    }

    /// Opens a session under a new identifier, which is the cookie's value.
    func open(
        _ session: TeleserviceSession, replacing old: String?, random: (_ byteCount: Int) -> [UInt8]
    ) -> String {
        let id = Base64URL.encode(random(Self.randomByteCount))
        entries.withLock { entries in
            if let old { entries[Digest.sha256(old)] = nil }
            if entries.count >= countMax { Self.makeRoom(in: &entries, at: session.openedAt) }
            entries[Digest.sha256(id)] = Entry(session: session, lastUsedAt: session.openedAt)
        }
        return id
    }

    /// The session of a cookie, used now; nil where it has ended.
    func session(_ id: String, at now: Date) -> TeleserviceSession? {
        let key = Digest.sha256(id)
        return entries.withLock { entries in
            guard let entry = entries[key] else { return nil }
            guard Self.isAlive(entry, at: now) else {
                entries[key] = nil
                return nil
            }
            entries[key]?.lastUsedAt = now
            return entry.session
        }
    }

    func end(_ id: String) {
        entries.withLock { $0[Digest.sha256(id)] = nil }
    }

    /// Ends what the provider has ended: one of its sessions, or all of a person. Returns how many.
    func end(providerSessionID: String?, subject: String?, issuer: String) -> Int {
        entries.withLock { entries in
            let before = entries.count
            entries = entries.filter { _, entry in
                let session = entry.session
                guard session.issuer == issuer else { return true }
                if let providerSessionID { return session.providerSessionID != providerSessionID }
                return session.subject != subject
            }
            return before - entries.count
        }
    }

    private static func isAlive(_ entry: Entry, at now: Date) -> Bool {
        now < entry.lastUsedAt.addingTimeInterval(idleMax)
            && now < entry.session.openedAt.addingTimeInterval(lifetimeMax)
    }

    /// The ended ones go; where there are none, a tenth of all, so that the search is not made each
    /// time.
    private static func makeRoom(in entries: inout [Digest: Entry], at now: Date) {
        let before = entries.count
        entries = entries.filter { isAlive($0.value, at: now) }
        guard entries.count == before else { return }
        let idlest = entries.sorted { $0.value.lastUsedAt < $1.value.lastUsedAt }
        for (key, _) in idlest.prefix(max(1, before / 10)) { entries[key] = nil }
    }
}
