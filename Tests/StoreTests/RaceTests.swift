import FoundationEssentials
import Store
import TestSupport
import Testing

/// Two handles on one database, as two processes would have them; 50 calls at once, 200 times
/// (security.md 5.3).
@Suite("Of many simultaneous calls", .serialized)
struct RaceTests {
    static let rounds = 200
    static let racers = 50

    /// What each racer got, over both handles in turn.
    func race<T: Sendable>(
        _ handles: (IdentityStore, IdentityStore), racers: Int = racers,
        _ body: @escaping @Sendable (IdentityStore, Int) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: T.self) { group in
            for racer in 0..<racers {
                let store = racer.isMultiple(of: 2) ? handles.0 : handles.1
                group.addTask { try await body(store, racer) }
            }
            var outcomes: [T] = []
            for try await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
    }

    @Test(
        "exactly one redeems a code, and no token of the others works (SR-15)",
        arguments: Backend.available)
    func redemptions(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.prepare()
            for round in 1...Self.rounds {
                try await first.issueCode(round)
                let outcomes = try await race((first, second)) { store, racer in
                    let request = Sample.redemption(round, token: round * 100 + racer)
                    return try await store.write { try $0.redeem(request, at: after(1)) }
                }
                let fresh = outcomes.filter { if case .fresh = $0 { true } else { false } }
                let replayed = outcomes.filter {
                    if case .replayed(id(round), _) = $0 { true } else { false }
                }
                try #require(fresh.count == 1 && replayed.count == Self.racers - 1)
                // All but one were replays, so even the winner's token is dead.
                let alive = try await second.read { reader throws in
                    try (0..<Self.racers).filter {
                        try reader.accessToken(
                            Sample.accessToken(round * 100 + $0).reference, at: after(2)) != nil
                    }
                }
                try #require(alive.isEmpty)
            }
        }
    }

    @Test(
        "exactly one rotates a refresh token, the others repeat it (security.md 2.17, 5.4)",
        arguments: Backend.available)
    func rotations(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.prepare()
            let grant = Sample.grant(1, session: nil, lifetime: 180 * 86400)
            _ = try await first.write { writer in
                _ = try writer.complete(Sample.completion(1, grant: grant), at: start)
                return try writer.redeem(Sample.redemption(1, refresh: 1), at: start)
            }
            for round in 0..<Self.rounds {
                let now = after(Double(round * 120))
                let outcomes = try await race((first, second)) { store, racer in
                    var request = Sample.refresh(
                        1, Int64(round), token: 10_000 + round * 100 + racer)
                    request.idleExpiresAt = now.addingTimeInterval(3600)
                    let refresh = request
                    return try await store.write { try $0.rotate(refresh, at: now) }
                }
                let rotated = outcomes.filter { if case .rotated = $0 { true } else { false } }
                let repeated = outcomes.filter { if case .repeated = $0 { true } else { false } }
                try #require(rotated.count == 1 && repeated.count == Self.racers - 1)
            }
        }
    }

    @Test("a revocation wins over every refresh (kc#51312)", arguments: Backend.available)
    func revocations(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.prepare()
            for round in 1...Self.rounds {
                let grant = Sample.grant(round, session: nil, lifetime: 180 * 86400)
                _ = try await first.write { writer in
                    _ = try writer.complete(Sample.completion(round, grant: grant), at: start)
                    return try writer.redeem(Sample.redemption(round, refresh: round), at: start)
                }
                _ = try await race((first, second), racers: 6) { store, racer in
                    let request = Sample.refresh(round, 0, token: round * 10 + racer + 100_000)
                    _ = try await store.write { writer in
                        if racer == 3 {
                            _ = try writer.revokeRefreshToken(
                                Sample.refreshToken(round, 0), client: Sample.client, at: after(1))
                        } else {
                            _ = try writer.rotate(request, at: after(1))
                        }
                    }
                }
                for generation in Int64(0)...1 {
                    let request = Sample.refresh(round, generation, token: round * 10 + 7 + 100_000)
                    let outcome = try await second.write { try $0.rotate(request, at: after(2)) }
                    guard case .expired = outcome else { throw Unexpected(outcome) }
                }
                let alive = try await second.read { reader throws in
                    try (0..<6).filter {
                        let token = Sample.accessToken(round * 10 + $0 + 100_000)
                        return try reader.accessToken(token.reference, at: after(2)) != nil
                    }
                }
                try #require(alive.isEmpty)
            }
        }
    }

    @Test(
        "only as many are allowed as the rule says (security.md 2.38)", arguments: Backend.available
    )
    func attempts(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...20 {
                let rule = AttemptRule(key: attemptKey(round), windowSeconds: 3600, maximum: 5)
                let wide = AttemptRule(
                    key: attemptKey(round + 1000), windowSeconds: 60, maximum: 60)
                let decisions = try await race((first, second), racers: 100) { store, _ in
                    try await store.write { try $0.reserve([rule, wide], at: start) }
                }
                try #require(decisions.count { $0 == .allowed } == 5)
                // The right password comes too late as well.
                let late = try await second.write { try $0.reserve([rule], at: after(1)) }
                try #require(late == .refused(until: after(3600)))
            }
        }
    }

    @Test(
        "exactly one claims an identifier (RFC 7523 §3, security.md 2.14)",
        arguments: Backend.available)
    func claims(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...Self.rounds {
                let hash = bytes(32, round)
                let claims = try await race((first, second)) { store, _ in
                    try await store.write { try $0.claim(hash, until: after(300)) }
                }
                try #require(claims.count { $0 } == 1)
            }
        }
    }

    @Test("exactly one moves an interaction on (D24, SR-65)", arguments: Backend.available)
    func commits(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            let record = InteractionRecord(
                id: id(1), browserHash: bytes(32, 1), state: [0], createdAt: start,
                expiresAt: after(7200))
            try await first.write { try $0.begin(record) }
            for round in 1...Self.rounds {
                let written = try await race((first, second)) { store, racer -> [UInt8]? in
                    var next = record
                    next.revision = Int64(round)
                    next.state = [UInt8(racer)]
                    let wanted = next
                    do {
                        return try await store.write {
                            try $0.commit(wanted, [], at: after(1)).state
                        }
                    } catch StoreError.conflict {
                        return nil
                    }
                }
                let winners = written.compactMap(\.self)
                try #require(winners.count == 1)
                let stands = try await second.read { try $0.interaction(record.id) }
                try #require(stands?.state == winners.first && stands?.revision == Int64(round + 1))
            }
        }
    }

    @Test("exactly one subject identifier stands (D8)", arguments: Backend.available)
    func subjects(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...Self.rounds {
                let values = try await race((first, second), racers: 10) { store, racer in
                    let subject = SubjectIdentifier(
                        owner: .account(id(round)), sector: "lsu.example.org",
                        value: "sub-\(round)-\(racer)")
                    return try await store.write { try $0.ensure(subject) }
                }
                try #require(Set(values).count == 1)
            }
        }
    }
}
