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
    }

    public let entries: [Entry]
    public let storeKeys: [StoreKey]

    init(entries: [Entry], storeKeys: [StoreKey]) {
        self.entries = entries
        self.storeKeys = storeKeys
    }

    /// Reads every key file of the folder; one bad file refuses the whole ring.
    public static func load(folder: String) throws(KeyRingError) -> KeyRing {
        throw .unreadable(file: folder)
    }

    /// The signer that tokens are signed with now.
    public func current(for algorithm: Algorithm, at now: Date) -> Signer? { nil }

    /// What `jwks_uri` answers.
    public func published(at now: Date) -> JWKSet { JWKSet([]) }

    /// The same as JSON text.
    public func publishedJSON(at now: Date) -> [UInt8] { [] }

    /// Published and withdrawn keys: what `id_token_hint` may be signed with.
    public func hintKeys(at now: Date) -> JWKSet { JWKSet([]) }

    public func state(of keyID: String, at now: Date) -> State? { nil }

    /// The key that seals now; `storeKeys` open.
    public func currentStoreKey(at now: Date) -> StoreKey? { nil }

    /// The algorithms that have a current key.
    public func algorithms(at now: Date) -> [Algorithm] { [] }

    /// Makes what a new installation lacks: a key for each algorithm, active at once, and a store key.
    public static func makeFirst(
        folder: String, algorithms: [Algorithm], at now: Date
    ) throws(KeyRingError) {
    }

    /// Publishes a new key now, which signs after `lead`; the present one signs until then, stays
    /// published for `tokenLife` more, and checks hints for `sessionLife` more. Returns the new key's id.
    public static func rotate(
        folder: String, algorithm: Algorithm, at now: Date, lead: Duration, tokenLife: Duration,
        sessionLife: Duration
    ) throws(KeyRingError) -> String {
        throw .unreadable(file: folder)
    }

    /// A new store key that seals from now on; the old ones still open.
    public static func rotateStoreKey(folder: String, at now: Date) throws(KeyRingError) -> String {
        throw .unreadable(file: folder)
    }

    /// Drops a compromised key at once: it signs, is published and checks nothing any more.
    public static func forget(
        folder: String, keyID: String, at now: Date
    ) throws(KeyRingError) {
    }
}

/// The life of a key: each time is at or after the one before it.
public struct KeyTimes: Sendable, Equatable {
    public var createdAt: Date
    public var publishedAt: Date
    /// Signs from here on.
    public var activeAt: Date
    /// Signs no more.
    public var retiredAt: Date?
    /// Out of the JWK set: the last token it signed has expired.
    public var withdrawnAt: Date?
    /// Good for nothing any more: the longest session has ended.
    public var forgottenAt: Date?
}

public enum KeyRingError: Error, Equatable, Sendable {
    case unreadable(file: String)
    /// Others than the owner may read or write it: the mode must be 0600.
    case permissions(file: String)
    case malformed(file: String, String)
    /// A key that was published as a sample: never a secret.
    case sampleKey(file: String)
    case unwritable(file: String)
    /// A newer key of this algorithm is published and doesn't sign yet.
    case rotationUnderway(keyID: String)
    case unknownKey(keyID: String)
    case keyGeneration
}
