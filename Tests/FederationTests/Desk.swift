import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

typealias Desk = Trip<RelyingParty>
typealias FranceConnectDesk = Trip<FranceConnect>

/// A browser's trip to a stub provider and back, with a clock and randomness of its own.
struct Trip<Party: UpstreamProvider> {
    let now: Date
    let provider: StubProvider
    let party: Party
    let random: @Sendable (Int) -> [UInt8]

    private init(_ provider: StubProvider, _ party: Party) {
        now = provider.now
        self.provider = provider
        self.party = party
        let counter = Counter()
        random = { count in counter.bytes(count) }
    }
}

private let morning = Date(timeIntervalSince1970: 1_700_000_000)

private final class Counter: Sendable {
    private let value = Mutex<UInt8>(0)
    func bytes(_ count: Int) -> [UInt8] {
        let next = value.withLock {
            $0 &+= 1
            return $0
        }
        return Array(repeating: next, count: count)
    }
}

extension Trip where Party == RelyingParty {
    init(
        authentication: RelyingParty.Authentication = .secretBasic(Secret("s e/c+r:et")),
        algorithm: Algorithm = .es256,
        change: (inout RelyingParty.Configuration) -> Void = { _ in }
    ) throws {
        let provider = try StubProvider(now: morning, algorithm: algorithm)
        var configuration = RelyingParty.Configuration(
            issuer: StubProvider.issuer, clientID: StubProvider.clientID,
            authentication: authentication,
            redirectURI: "https://rp.example.org/callback",
            scope: try #require(Scope("openid profile")),
            postLogoutRedirectURI: "https://rp.example.org/bye")
        change(&configuration)
        self.init(provider, RelyingParty(configuration, http: provider))
    }
}

extension Trip where Party == FranceConnect {
    /// The stub speaks as FranceConnect does: no `at_hash`, no names in the ID token, a minute to
    /// live, UserInfo signed.
    init(
        authentication: FranceConnect.Authentication = .secretPost(Secret("s e/c+r:et")),
        algorithm: Algorithm = .es256,
        change: (inout FranceConnect.Configuration) -> Void = { _ in }
    ) throws {
        let provider = try StubProvider(now: morning, algorithm: algorithm)
        provider.change { state in
            state.metadata["authorization_endpoint"] = .string(StubProvider.issuer + "/authorize")
            state.metadata["end_session_endpoint"] = .string(StubProvider.issuer + "/session/end")
            state.signsUserInfo = true
            state.dialect = { claims in
                claims["acr"] = "eidas1"
                claims["amr"] = nil
                claims["sid"] = nil
                claims["exp"] = .integer(Int64(morning.timeIntervalSince1970) + 60)
            }
        }
        var configuration = FranceConnect.Configuration(
            issuer: StubProvider.issuer, clientID: StubProvider.clientID,
            authentication: authentication,
            redirectURI: "https://rp.example.org/franceconnect/retour",
            postLogoutRedirectURI: "https://rp.example.org/franceconnect/deconnexion")
        change(&configuration)
        self.init(provider, FranceConnect(configuration, http: provider))
    }
}

extension Trip {
    /// Sends the browser there.
    func start(_ wish: SignInWish = SignInWish()) async throws(FederationError) -> StartedSignIn {
        let started = try await party.start(wish, at: now, random: random)
        provider.change { $0.nonce = started.pending.nonce }
        return started
    }

    /// What an honest provider's redirect carries, changed by `edit`.
    func response(
        to started: StartedSignIn, _ edit: (inout [(String, String)]) -> Void = { _ in }
    ) throws -> Form {
        var parameters = [
            ("code", "code-1"), ("state", started.pending.state), ("iss", StubProvider.issuer),
        ]
        edit(&parameters)
        return try Form(parsing: Form.encode(parameters))
    }

    func finish(
        _ wish: SignInWish = SignInWish(), later: TimeInterval = 0,
        _ edit: (inout [(String, String)]) -> Void = { _ in }
    ) async throws -> FederatedIdentity {
        let started = try await start(wish)
        let form = try response(to: started, edit)
        return try await party.finish(
            form, started.pending, at: now.addingTimeInterval(later), random: random)
    }

    /// The error of a whole sign-in, nil where it succeeds.
    func refusal(
        _ wish: SignInWish = SignInWish(), later: TimeInterval = 0,
        _ edit: (inout [(String, String)]) -> Void = { _ in }
    ) async throws -> FederationError? {
        do {
            _ = try await finish(wish, later: later, edit)
            return nil
        } catch let error as FederationError {
            return error
        }
    }
}

/// The parameters of a URL's query.
func query(_ url: String) throws -> Form {
    let text = try #require(url.split(separator: "?", maxSplits: 1).last)
    return try Form(parsing: String(text))
}
