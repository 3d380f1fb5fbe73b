import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

/// A relying party before a stub provider, with a clock and randomness of its own.
struct Desk {
    let now = Date(timeIntervalSince1970: 1_700_000_000)
    let provider: StubProvider
    let party: RelyingParty
    let random: @Sendable (Int) -> [UInt8]

    init(
        authentication: RelyingParty.Authentication = .secretBasic(Secret("s e/c+r:et")),
        algorithm: Algorithm = .es256,
        change: (inout RelyingParty.Configuration) -> Void = { _ in }
    ) throws {
        provider = try StubProvider(now: now, algorithm: algorithm)
        var configuration = RelyingParty.Configuration(
            issuer: StubProvider.issuer, clientID: StubProvider.clientID,
            authentication: authentication,
            redirectURI: "https://rp.example.org/callback",
            scope: try #require(Scope("openid profile")),
            postLogoutRedirectURI: "https://rp.example.org/bye")
        change(&configuration)
        party = RelyingParty(configuration, http: provider)
        let counter = Counter()
        random = { count in counter.bytes(count) }
    }

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
