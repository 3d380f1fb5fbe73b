import FoundationEssentials
import Outgoing
import Synchronization
import Tokens

/// A provider whose slowness or failure stays its own: our other doors stay open and quick.
///
/// An exchange ends after ten seconds (but a fetch of keys or metadata, which others share, may take
/// one call's time more), 32 run at once, and after ten failures in a row nobody waits for it until a
/// probe has succeeded (reliability 5.13, 5.14). Each call of its own is bounded by the
/// `OutgoingHTTP` that the provider was made with.
public final class BoundedProvider: UpstreamProvider {
    public static let exchangeTime: Duration = .seconds(10)
    public static let exchangesMax = 32

    private struct State {
        var breaker = CircuitBreaker()
        var underWay = 0
    }

    private let provider: any UpstreamProvider
    private let sleep: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())

    /// - Parameter sleep: returns when that time is over, or throws when cancelled.
    public init(
        _ provider: any UpstreamProvider,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.provider = provider
        self.sleep = sleep
    }

    public func isAvailable(at now: Date) -> Bool {
        state.withLock { $0.breaker.isAvailable(at: now) }
    }

    /// A start that asked nobody shows nothing: it neither is the probe nor ends the row of failures.
    public func start(
        _ wish: SignInWish, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn {
        guard isAvailable(at: now) else { throw .unavailable }
        return try await exchange(at: now, success: .unknown) {
            [provider] () async throws(FederationError) in
            try await provider.start(wish, at: now, random: random)
        }
    }

    public func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity {
        guard state.withLock({ $0.breaker.admits(at: now) }) else { throw .unavailable }
        return try await exchange(at: now, success: .alive) {
            [provider] () async throws(FederationError) in
            try await provider.finish(response, pending, at: now, random: random)
        }
    }

    /// `.unavailable` while the provider is down: its page would lead the browser nowhere.
    public func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String? {
        guard isAvailable(at: now) else { throw .unavailable }
        return try await exchange(at: now, success: .unknown) {
            [provider] () async throws(FederationError) in
            try await provider.signOut(idToken, state: state, at: now)
        }
    }

    private typealias Exchange<Value> = @Sendable () async throws(FederationError) -> Value

    private func exchange<Value: Sendable>(
        at now: Date, success: CircuitBreaker.Outcome, _ body: @escaping Exchange<Value>
    ) async throws(FederationError) -> Value {
        let isAdmitted = state.withLock { state in
            if state.underWay < Self.exchangesMax {
                state.underWay += 1
                return true
            }
            state.breaker.note(.unknown, begunAt: now)
            return false
        }
        guard isAdmitted else { throw .unreachable(.busy) }
        let result = await inTime(body)
        let outcome: CircuitBreaker.Outcome =
            switch result {
            case .success: success
            case .failure(let error): error.outcome
            }
        state.withLock { state in
            state.underWay -= 1
            state.breaker.note(outcome, begunAt: now)
        }
        return try result.get()
    }

    private func inTime<Value: Sendable>(
        _ body: @escaping Exchange<Value>
    ) async -> Result<Value, FederationError> {
        await withTaskGroup(of: Result<Value, FederationError>?.self) { [sleep] group in
            defer { group.cancelAll() }
            group.addTask {
                do throws(FederationError) {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await sleep(Self.exchangeTime)
                    return .failure(.unreachable(.timedOut))
                } catch {
                    return nil  // cancelled: the exchange itself says how it ended
                }
            }
            while let result = await group.next() {
                if let result { return result }
            }
            return .failure(.unreachable(.cancelled))
        }
    }
}

extension FederationError {
    /// What it says about the provider as a whole. Nothing that a browser can bring about counts as
    /// a failure: else ten invented codes would close the door for everybody.
    var outcome: CircuitBreaker.Outcome {
        switch self {
        case .unreachable(.busy), .unreachable(.cancelled), .unavailable, .notOffered, .signing,
            .refused, .malformedResponse, .stateMismatch, .expired, .issuerMismatch:
            .unknown
        case .unreachable, .providerFailed, .unusableMetadata, .unusableKeys,
            .malformedTokenResponse:
            .failing
        case .tokenRefused, .idToken, .userInfo, .subjectMismatch, .insufficientLevel, .tooLongAgo,
            .logoutToken, .pivotIdentity:
            .alive
        }
    }
}
