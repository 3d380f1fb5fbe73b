import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

/// What every endpoint of the identity provider shares: « le guichet ». A value of constants and
/// of a few named owners; an endpoint is a struct that holds one.
public struct Desk: Sendable {
    /// `https://…`, without a slash at its end; every URL of ours begins with it (D18).
    public let issuer: String
    public let policy: Policy
    public let environment: ServerEnvironment
    public let store: IdentityStore
    public let clients: ClientRegistry
    public let keys: LiveKeys
    public let cookies: CookieNames
    public let layout: Layout
    /// Argon2id: tens of milliseconds and 19 MiB a piece.
    public let passwordPool: WorkerPool
    /// RSA signatures: most of a millisecond a piece.
    public let signaturePool: WorkerPool

    public init(
        issuer: String, policy: Policy, environment: ServerEnvironment, store: IdentityStore,
        keys: LiveKeys, cookies: CookieNames, layout: Layout, passwordPool: WorkerPool,
        signaturePool: WorkerPool
    ) {
        self.issuer = issuer
        self.policy = policy
        self.environment = environment
        self.store = store
        self.clients = ClientRegistry(store: store)
        self.keys = keys
        self.cookies = cookies
        self.layout = layout
        self.passwordPool = passwordPool
        self.signaturePool = signaturePool
    }

    public var now: Date { environment.now() }

    /// An address of ours: `url("/token")`.
    public func url(_ path: String) -> String { issuer + path }

    /// A new secret of its kind, and what the store keeps of it.
    public func makeToken(_ kind: OpaqueToken.Kind, at now: Date) -> OpaqueToken {
        OpaqueToken.make(kind, at: now, random: environment.random)
    }

    /// The session that a browser says it has, by the form of its cookie: whether it is live, the store
    /// knows.
    public func sessionToken(_ cookies: CookieJar) -> OpaqueToken? {
        OpaqueToken(cookies[self.cookies.session] ?? "", kind: .session)
    }

    /// A new row's identifier, ordered by time.
    public func makeID<Row>(at now: Date) -> RowID<Row> {
        RowID(at: now, random: environment.random(10))
    }
}

extension OpaqueToken {
    /// How the store finds this token: by its selector, then by the hash of the rest (D22).
    public var reference: SecretReference {
        guard let reference = SecretReference(selector: selector, hash: hash) else {
            preconditionFailure("a selector has 16 bytes and a SHA-256 value 32")
        }
        return reference
    }
}
