import Flow
import Store
import Synchronization
import Tokens

/// The registered clients, parsed once a revision.
///
/// A cached client answers at once; before anything is written for it, the transaction that writes
/// confirms that its revision still holds (`confirm`), so that a client disabled a moment ago, here
/// or on another node, gets nothing.
public final class ClientRegistry: Sendable {
    /// The registry has a newer revision than the one that this request began with.
    public struct Stale: Error, Sendable {}

    private let store: IdentityStore
    private let cache = Mutex<[String: RegisteredClient]>([:])

    /// More are registered only in tests of scale; then the cache begins anew.
    static let cachedMax = 10_000

    init(store: IdentityStore) {
        self.store = store
    }

    /// The client of this id, from the cache or the store; nil where there is none, or a disabled one. A
    /// cached one may have been disabled or changed since: `confirm` tells.
    public func client(_ id: String) async throws -> RegisteredClient? {
        if let known = cached(id) { return known }
        // A stranger's guesses cost one look-up and leave nothing behind.
        guard id.utf8.count <= Self.idByteCountMax else { return nil }
        guard let row = try await store.read({ try $0.client(id) }), row.disabledAt == nil else {
            return nil
        }
        let client = try RegisteredClient(row)
        cache.withLock { cache in
            if cache.count >= Self.cachedMax { cache.removeAll() }
            cache[id] = client
        }
        return client
    }

    static let idByteCountMax = 256

    /// The client if it is cached: no look-up.
    public func cached(_ id: String) -> RegisteredClient? {
        cache.withLock { $0[id] }
    }

    /// These clients at these revisions: read and parsed only where the cache has another.
    public func all(_ revisions: [(id: String, revision: Int64)]) async throws -> [RegisteredClient]
    {
        var clients: [RegisteredClient] = []
        for (id, revision) in revisions {
            if let known = cached(id), known.revision != revision { forget(id) }
            if let client = try await client(id) { clients.append(client) }
        }
        return clients
    }

    /// The client as it is registered now: where it decides something that no transaction confirms.
    public func current(_ id: String) async throws -> RegisteredClient? {
        try await withClient(id) { client in
            try await store.read { try client.confirm(in: $0) }
            return client
        }
    }

    /// Runs `body` with the client, and once more from a fresh look-up when the registry turned out
    /// to be newer. Nil where there is no such client, or no longer.
    public func withClient<Value: Sendable>(
        _ id: String, _ body: (RegisteredClient) async throws -> Value
    ) async throws -> Value? {
        for _ in 0..<Self.attemptsMax {
            guard let client = try await client(id) else { return nil }
            do {
                return try await body(client)
            } catch is Stale {
                forget(id)
            }
        }
        return nil
    }

    /// An operator's edit between two look-ups is rare; three in a row are no longer chance.
    private static let attemptsMax = 3

    public func forget(_ id: String) {
        _ = cache.withLock { $0.removeValue(forKey: id) }
    }
}

extension RegisteredClient {
    /// Throws `Stale` unless the registry still holds this revision, enabled.
    public func confirm(in reader: some StoreReading) throws {
        guard let present = try reader.clientRevision(id), present.revision == revision,
            !present.isDisabled
        else { throw ClientRegistry.Stale() }
    }
}
