import FoundationEssentials

/// Something of the provider's that we keep a copy of. Callers that come while it is fetched share
/// the fetch.
actor RemoteDocument<Value: Sendable> {
    /// A copy older than this is fetched again,
    static var lifetime: Duration { .seconds(3600) }
    /// and serves on where that fails, up to this age.
    static var staleMax: Duration { .seconds(24 * 3600) }
    /// An unexpected need fetches again at most this often, so that nobody's garbage makes us
    /// hammer the provider.
    static var refetchInterval: Duration { .seconds(60) }

    private let load: @Sendable () async throws(FederationError) -> Value
    private var copy: (value: Value, loadedAt: Date)?
    private var attemptedAt: Date?
    private var loading: Task<Result<Value, FederationError>, Never>?

    init(load: @escaping @Sendable () async throws(FederationError) -> Value) {
        self.load = load
    }

    /// The copy at hand, or a fresh one.
    func current(at now: Date) async throws(FederationError) -> Value {
        if let copy, now < copy.loadedAt.adding(Self.lifetime) { return copy.value }
        // A provider that is down is not asked again by every sign-in while the old copy serves.
        if let copy, !mayAttempt(at: now), now < copy.loadedAt.adding(Self.staleMax) {
            return copy.value
        }
        do throws(FederationError) {
            return try await fetch(at: now)
        } catch {
            guard let copy, now < copy.loadedAt.adding(Self.staleMax) else { throw error }
            return copy.value
        }
    }

    /// The copy at hand, whatever its age.
    var latest: Value? { copy?.value }

    /// A newer value than the one the caller has found wanting; nil where the last attempt is too
    /// fresh.
    func refetched(at now: Date) async throws(FederationError) -> Value? {
        guard loading != nil || mayAttempt(at: now) else { return nil }
        return try await fetch(at: now)
    }

    private func mayAttempt(at now: Date) -> Bool {
        attemptedAt.map { now >= $0.adding(Self.refetchInterval) } ?? true
    }

    /// A fresh copy, which shows that the provider answers.
    func fetch(at now: Date) async throws(FederationError) -> Value {
        let task: Task<Result<Value, FederationError>, Never>
        if let loading {
            task = loading
        } else {
            attemptedAt = now
            task = Task { [load] in
                do throws(FederationError) {
                    return .success(try await load())
                } catch {
                    return .failure(error)
                }
            }
            loading = task
        }
        let result = await task.value
        if loading == task {
            loading = nil
            if case .success(let value) = result { copy = (value, now) }
        }
        return try result.get()
    }
}

extension Date {
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(
            TimeInterval(duration.components.seconds) + TimeInterval(
                duration.components.attoseconds) * 1e-18)
    }
}
