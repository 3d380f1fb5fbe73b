import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("A provider that is slow or down")
struct BoundedProviderTests {
    /// Ends each exchange as it is told, or when it is cancelled, or never by itself.
    private final class Scripted: UpstreamProvider {
        enum Script: Sendable { case fail(FederationError), succeed, hang }

        let script = Mutex(Script.succeed)
        let begun = Mutex(0)

        func become(_ new: Script) { script.withLock { $0 = new } }

        private func run() async throws(FederationError) {
            begun.withLock { $0 += 1 }
            switch script.withLock({ $0 }) {
            case .fail(let error): throw error
            case .succeed: return
            case .hang:
                // Until cancelled: as a call that gets no answer.
                let stream = AsyncStream<Void> { _ in }
                for await _ in stream {}
                throw .unreachable(.cancelled)
            }
        }

        func start(
            _ wish: SignInWish, at now: Date, random: @escaping @Sendable (Int) -> [UInt8]
        ) async throws(FederationError) -> StartedSignIn {
            try await run()
            let pending = PendingSignIn(
                issuer: "i", state: "s", nonce: "n", verifier: nil, wish: wish, expiresAt: now)
            return StartedSignIn(url: "u", pending: pending)
        }

        func finish(
            _ response: Form, _ pending: PendingSignIn, at now: Date,
            random: @escaping @Sendable (Int) -> [UInt8]
        ) async throws(FederationError) -> FederatedIdentity {
            try await run()
            return FederatedIdentity(
                issuer: "i", subject: "s", acr: nil, amr: [], authenticatedAt: nil, sessionID: nil,
                claims: JSONMembers([:]), idToken: Secret(""), wish: pending.wish)
        }

        func signOut(
            _ idToken: Secret?, state: String?, at now: Date
        ) async throws(FederationError) -> String? {
            try await run()
            return "u"
        }
    }

    private let scripted = Scripted()
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    /// Its timer never goes off, unless the test says so.
    private func bounded(timer: Timer = Timer(goesOff: false)) -> BoundedProvider {
        BoundedProvider(scripted) { try await timer.wait($0) }
    }

    private struct Timer: Sendable {
        let goesOff: Bool
        var expected = BoundedProvider.exchangeTime

        func wait(_ duration: Duration) async throws {
            #expect(duration == expected)
            if goesOff { return }
            for await _ in AsyncStream<Void>(Void.self, { _ in }) {}
            throw CancellationError()
        }
    }

    private func finish(
        _ provider: BoundedProvider, later: TimeInterval = 0
    ) async -> FederationError? {
        let time = now.addingTimeInterval(later)
        let pending = PendingSignIn(
            issuer: "i", state: "s", nonce: "n", verifier: nil, wish: SignInWish(), expiresAt: time)
        do throws(FederationError) {
            _ = try await provider.finish(Form([]), pending, at: time, random: { _ in [] })
            return nil
        } catch {
            return error
        }
    }

    private func start(
        _ provider: BoundedProvider, later: TimeInterval = 0
    ) async -> FederationError? {
        do throws(FederationError) {
            let time = now.addingTimeInterval(later)
            _ = try await provider.start(SignInWish(), at: time, random: { _ in [] })
            return nil
        } catch {
            return error
        }
    }

    @Test("is waited for ten seconds in all (reliability 5.13)")
    func tooSlow() async throws {
        scripted.become(.hang)
        let provider = bounded(timer: Timer(goesOff: true, expected: .seconds(10)))
        #expect(await finish(provider) == .unreachable(.timedOut))
        #expect(await start(provider) == .unreachable(.timedOut))
    }

    @Test("passes on what it answers in time")
    func inTime() async throws {
        let provider = bounded()
        #expect(await finish(provider) == nil)
        #expect(await start(provider) == nil)
        #expect(try await provider.signOut(nil, state: nil, at: now) == "u")
        scripted.become(.fail(.subjectMismatch))
        #expect(await finish(provider) == .subjectMismatch)
    }

    @Test("is asked by 32 at once, and the next is told so at once (reliability 5.13)")
    func bulkhead() async {
        scripted.become(.hang)
        let provider = bounded()
        await withTaskGroup(of: FederationError?.self) { group in
            for _ in 0..<32 { group.addTask { await finish(provider) } }
            while scripted.begun.withLock({ $0 }) < 32 { await Task.yield() }
            #expect(await finish(provider) == .unreachable(.busy))
            #expect(await start(provider) == .unreachable(.busy))
            group.cancelAll()
            for await error in group { #expect(error == .unreachable(.cancelled)) }
        }
        scripted.become(.succeed)
        #expect(await finish(provider) == nil)
    }

    @Test(
        "is spared after ten failures, says so beforehand, and is back after a probe (5.13, 5.14)")
    func breaker() async {
        let provider = bounded()
        scripted.become(.fail(.unreachable(.timedOut)))
        for _ in 0..<10 { #expect(await finish(provider) == .unreachable(.timedOut)) }
        #expect(!provider.isAvailable(at: now))
        let begun = scripted.begun.withLock { $0 }
        #expect(await finish(provider, later: 29) == .unavailable)
        #expect(await start(provider, later: 29) == .unavailable)
        await #expect(throws: FederationError.unavailable) {
            try await provider.signOut(nil, state: nil, at: now)
        }
        #expect(scripted.begun.withLock { $0 } == begun)
        // A start that shows nothing is not the probe.
        scripted.become(.succeed)
        #expect(provider.isAvailable(at: now.addingTimeInterval(30)))
        #expect(await start(provider, later: 30) == nil)
        #expect(await finish(provider, later: 30) == nil)
        #expect(await finish(provider, later: 30) == nil)
        #expect(provider.isAvailable(at: now.addingTimeInterval(30)))
    }

    @Test("isn't taken for failing by what a browser can bring about")
    func strangers() async {
        let provider = bounded()
        let harmless: [FederationError] = [
            .tokenRefused(code: "invalid_grant"), .stateMismatch, .expired, .issuerMismatch,
            .refused(code: "server_error", description: ""), .malformedResponse("no code"),
            .idToken(JWTError(.wrongNonce)), .subjectMismatch, .unreachable(.cancelled),
        ]
        for error in harmless {
            scripted.become(.fail(error))
            for _ in 0..<20 { #expect(await finish(provider) == error) }
        }
        #expect(provider.isAvailable(at: now))
    }

    @Test(
        "is taken for failing by each answer that a healthy one doesn't give (5.14)",
        arguments: [
            FederationError.unreachable(.tooLarge), .unreachable(.untrusted("")),
            .unreachable(.broken("")), .providerFailed(status: 500), .unusableKeys(""),
            .unusableMetadata(""), .malformedTokenResponse(""),
        ])
    func failing(_ error: FederationError) async {
        let provider = bounded()
        scripted.become(.fail(error))
        for _ in 0..<10 { #expect(await finish(provider) == error) }
        #expect(await finish(provider) == .unavailable)
    }

    @Test("a row of failures isn't ended by starts that ask nobody, nor by invented answers")
    func interleaved() async {
        let provider = bounded()
        for _ in 0..<10 {
            scripted.become(.fail(.providerFailed(status: 503)))
            _ = await finish(provider)
            guard provider.isAvailable(at: now) else { continue }
            scripted.become(.fail(.stateMismatch))
            _ = await finish(provider)
            scripted.become(.succeed)
            #expect(await start(provider) == nil)
        }
        #expect(!provider.isAvailable(at: now))
    }

    @Test("doesn't stand behind a standard provider that nobody bounded")
    func unbounded() throws {
        #expect(try Desk().party.isAvailable(at: now))
    }
}
