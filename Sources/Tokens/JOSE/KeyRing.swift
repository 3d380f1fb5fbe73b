import FoundationEssentials

/// The keys in a folder, one JSON file a key, as they were at the last reading.
///
/// Immutable: reading the folder again makes another ring. What a key may do follows from its times
/// and `now` alone, so nodes with the same folder agree (design D7, SR-28).
public final class KeyRing: Sendable {
    public enum State: String, Sendable {
        /// Published, doesn't sign yet.
        case next
        case current
        /// Signs no more; its last tokens still live, so it stays in the JWK set.
        case retired
        /// Out of the JWK set; still checks `id_token_hint`.
        case withdrawn
        case forgotten
    }

    public struct Entry: Sendable {
        public let keyID: String
        public let algorithm: Algorithm
        public let times: KeyTimes
        public let signer: Signer
        public let jwk: JWK
        let key: PrivateKey
        let publishedJSON: [UInt8]

        init(
            keyID: String, algorithm: Algorithm, times: KeyTimes, key: PrivateKey
        ) throws(KeyError) {
            self.keyID = keyID
            self.algorithm = algorithm
            self.times = times
            self.key = key
            signer = try Signer(key: key, algorithm: algorithm, keyID: keyID)
            jwk = try JWK(key.publicKey, keyID: keyID, algorithm: algorithm)
            publishedJSON = jwk.json.serialized()
        }
    }

    struct StoreEntry: Sendable {
        let key: StoreKey
        let createdAt: Date
        let activeAt: Date
    }

    /// By `activeAt`, then by id, so that every node has the same order.
    public let entries: [Entry]
    let storeEntries: [StoreEntry]

    init(entries: [Entry], storeEntries: [StoreEntry]) {
        self.entries = entries.sorted {
            ($0.times.activeAt, $0.keyID) < ($1.times.activeAt, $1.keyID)
        }
        self.storeEntries = storeEntries.sorted {
            ($0.activeAt, $0.key.id) < ($1.activeAt, $1.key.id)
        }
    }

    /// Reads every key file of the folder; one bad file refuses the whole ring, so that a reload
    /// keeps the ring before it.
    public static func load(folder: String) throws(KeyRingError) -> KeyRing {
        try KeyFolder(path: folder).read()
    }

    // MARK: Signing keys

    /// The signer that tokens are signed with now.
    public func current(for algorithm: Algorithm, at now: Date) -> Signer? {
        currentEntry(for: algorithm, at: now)?.signer
    }

    /// What `jwks_uri` answers: next, current and retired keys.
    public func published(at now: Date) -> JWKSet {
        JWKSet(publishedEntries(at: now).map(\.jwk))
    }

    /// The same as JSON text.
    public func publishedJSON(at now: Date) -> [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        writer.object { writer in
            writer.array("keys") { writer in
                for entry in publishedEntries(at: now) { writer.raw(entry.publishedJSON) }
            }
        }
        return writer.bytes
    }

    /// Published and withdrawn keys: what `id_token_hint` may be signed with.
    public func hintKeys(at now: Date) -> JWKSet {
        let usable = entries.filter { entry in
            switch state(of: entry, at: now) {
            case .current, .retired, .withdrawn: true
            case .next, .forgotten: false
            }
        }
        return JWKSet(usable.map(\.jwk))
    }

    public func state(of keyID: String, at now: Date) -> State? {
        entries.first { $0.keyID == keyID }.map { state(of: $0, at: now) }
    }

    /// The algorithms that have a current key.
    public func algorithms(at now: Date) -> [Algorithm] {
        Algorithm.allCases.filter { currentEntry(for: $0, at: now) != nil }
    }

    func state(of entry: Entry, at now: Date) -> State {
        let times = entry.times
        if let time = times.forgottenAt, time <= now { return .forgotten }
        if let time = times.withdrawnAt, time <= now { return .withdrawn }
        if let time = times.retiredAt, time <= now { return .retired }
        if now < times.activeAt { return .next }
        return currentEntry(for: entry.algorithm, at: now)?.keyID == entry.keyID
            ? .current : .retired
    }

    /// The one that became active last and isn't retired.
    private func currentEntry(for algorithm: Algorithm, at now: Date) -> Entry? {
        entries.last { entry in
            entry.algorithm == algorithm && entry.times.activeAt <= now
                && entry.times.retiredAt.map { now < $0 } ?? true
        }
    }

    private func publishedEntries(at now: Date) -> [Entry] {
        entries.filter { entry in
            entry.times.publishedAt <= now && entry.times.withdrawnAt.map { now < $0 } ?? true
                && entry.times.forgottenAt.map { now < $0 } ?? true
        }
    }

    // MARK: Store keys

    /// All keys that open what was sealed.
    public var storeKeys: [StoreKey] { storeEntries.map(\.key) }

    /// The key that seals now; `storeKeys` open.
    public func currentStoreKey(at now: Date) -> StoreKey? {
        storeEntries.last { $0.activeAt <= now }?.key
    }
}

public enum KeyRingError: Error, Equatable, Sendable {
    case unreadable(file: String)
    /// Others than the owner may read or write it: the mode must be 0600.
    case permissions(file: String)
    case malformed(file: String, String)
    /// A key that was published as a sample: never a secret.
    case sampleKey(file: String)
    case unwritable(file: String)
    /// No further key has a place in the folder.
    case tooManyKeys(folder: String)
    /// A newer key of this algorithm is published and will sign by then.
    case rotationUnderway(keyID: String)
    case unknownKey(keyID: String)
    case keyGeneration
}
