import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("Sweeping")
struct SweepTests {
    private func sweep(
        _ store: IdentityStore, limit: Int = 100, at now: Date
    ) async throws -> SweepReport {
        try await store.write {
            try $0.sweep(limit: limit, auditRetention: 365 * 86_400, at: now)
        }
    }

    @Test(
        "deletes what has run out, and nothing that is alive (SR-67)", arguments: Backend.available)
    func expired(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            _ = try await store.write { writer in
                _ = try writer.redeem(Sample.redemption(10, token: 10), at: after(1))
                try writer.begin(
                    InteractionRecord(
                        id: id(1), browserHash: bytes(32, 1), state: [1], createdAt: start,
                        expiresAt: after(300)))
                _ = try writer.claim(bytes(32, 1), until: after(300))
                _ = try writer.reserve(
                    [AttemptRule(key: attemptKey(1), windowSeconds: 300, maximum: 5)], at: start)
                try writer.enqueue(
                    OutboxRecord(
                        id: id(1), kind: .sms, uniqueKey: "sms", body: [1], createdAt: start,
                        notBefore: start,
                        expiresAt: after(300)))
            }
            #expect(try await sweep(store, at: after(299)).deleted == 0)
            #expect(
                try await sweep(store, at: after(300)).deleted == 3, "interaction, attempt, message"
            )
            #expect(try await store.accessToken(10, at: after(301)) != nil)
            #expect(try await sweep(store, at: after(600)).deleted == 1, "the access token")
            #expect(try await sweep(store, at: after(659)).deleted == 0)
            #expect(try await sweep(store, at: after(660)).deleted == 2, "the grant and its code")
            #expect(try await !store.write { try $0.claim(bytes(32, 1), until: after(9999)) })
            #expect(try await store.read { try $0.session(reference(1), at: after(961)) } != nil)
        }
    }

    @Test(
        "deletes the grant of a code that nobody redeemed, however long it could have lived",
        arguments: Backend.available)
    func unredeemed(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            for seed in 10..<14 {
                let grant = Sample.grant(seed, session: nil, lifetime: 180 * 86400)
                let completion = Sample.completion(seed, grant: grant)
                _ = try await store.write { try $0.complete(completion, at: start) }
            }
            var wrong = Sample.redemption(11)
            wrong.codeChallenge = nil
            let (good, bad) = (Sample.redemption(10, refresh: 1), wrong)
            try await store.write { writer in
                _ = try writer.redeem(good, at: after(1))
                _ = try writer.redeem(bad, at: after(1))
            }
            #expect(try await sweep(store, at: after(60)).deleted == 0)
            #expect(
                try await sweep(store, at: after(120)).deleted == 6,
                "two codes and their grants, and those of the code that was presented wrongly")
            #expect(try await store.read { try $0.grant(id(10), at: after(121)) } != nil)
            #expect(try await store.read { try $0.grant(id(12), at: after(121)) } == nil)
            let late = try await store.write {
                try $0.redeem(Sample.redemption(12), at: after(121))
            }
            guard case .unknown = late else { throw Unexpected(late) }
        }
    }

    @Test(
        "ends sessions that have run out by the same way as all others (design §4)",
        arguments: Backend.available)
    func sessions(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                let client = Sample.client(
                    Sample.client, backchannel: "https://lsu.example.org/logout")
                try writer.update(client, at: start)
            }
            try await store.issueCode(10)
            #expect(try await sweep(store, at: after(3599)).sessionsEnded == 0)
            #expect(try await sweep(store, at: after(3600)).sessionsEnded == 1)
            let rows = try await store.read { try $0.outbox(limit: 5) }
            #expect(rows.map(\.sid) == ["sid-10"])
            #expect(try await store.read { try $0.sessionClients(of: id(1)) }.count == 1)
            #expect(
                try await sweep(store, at: after(3601)).deleted >= 2, "the session and its client")
            #expect(try await store.read { try $0.sessionClients(of: id(1)) }.isEmpty)
        }
    }

    @Test(
        "ends a family that was idle too long, and its grant with it", arguments: Backend.available)
    func families(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let grant = Sample.grant(10, session: nil, lifetime: 180 * 86400)
            _ = try await store.write { writer in
                _ = try writer.complete(Sample.completion(10, grant: grant), at: start)
                return try writer.redeem(Sample.redemption(10, refresh: 1), at: start)
            }
            _ = try await sweep(store, at: after(1799))
            #expect(try await store.read { try $0.grant(id(10), at: after(1799)) } != nil)
            _ = try await sweep(store, at: after(1800))
            #expect(try await store.read { try $0.grant(id(10), at: after(1800)) } == nil)
            let outcome = try await store.write {
                try $0.rotate(Sample.refresh(1, 0, token: 11), at: after(1801))
            }
            guard case .expired = outcome else { throw Unexpected(outcome) }
        }
    }

    @Test(
        "goes in small steps, and finds also what lies behind rows that live long",
        arguments: Backend.available)
    func steps(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            // 30 that live for a day, then 70 that live for ten minutes.
            for seed in 0..<100 {
                var token = NewAccessToken(
                    reference: Sample.accessToken(seed).reference, scopes: "",
                    expiresAt: after(seed < 30 ? 86400 : 600))
                let selector: RowID<AccessToken> = id(seed, at: after(Double(seed) / 10))
                token.reference = try #require(
                    SecretReference(selector: selector.bytes, hash: bytes(32, seed)))
                let wanted = token
                try await store.write { try $0.issueClientToken(wanted, client: "lsu", at: start) }
            }
            var deleted = 0
            var steps = 0
            while deleted < 70, steps < 30 {
                let report = try await sweep(store, limit: 10, at: after(700))
                #expect(report.deleted <= 20, "a step is small")
                deleted += report.deleted
                steps += 1
            }
            #expect(deleted == 70 && steps <= 12)
            #expect(try await sweep(store, limit: 100, at: after(86_399)).deleted == 0)
            let last = try await sweep(store, limit: 30, at: after(86_400))
            #expect(last.deleted == 30 && last.hasMore)
        }
    }

    @Test(
        "keeps a spent code as long as what it gave may live, so that its replay ends that",
        arguments: Backend.available)
    func lateReplay(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let grant = Sample.grant(10, session: nil, lifetime: 180 * 86400)
            _ = try await store.write { writer in
                _ = try writer.complete(Sample.completion(10, grant: grant), at: start)
                return try writer.redeem(Sample.redemption(10, refresh: 1), at: start)
            }
            let later = after(1700)
            _ = try await sweep(store, at: later)
            let outcome = try await store.write {
                try $0.redeem(Sample.redemption(10), at: later)
            }
            guard case .replayed = outcome else { throw Unexpected(outcome) }
            #expect(try await store.read { try $0.grant(id(10), at: later) } == nil)
        }
    }

    @Test(
        "deletes what the audit holds once its time is over (SR-67)", arguments: Backend.available)
    func audit(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let year = 365.0 * 86_400
            try await store.write { writer in
                for day in 0..<3 {
                    let moment = after(Double(day) * 86_400)
                    try writer.append(
                        AuditEvent(id: id(day, at: moment), at: moment, kind: .signedIn))
                }
            }
            #expect(try await sweep(store, at: after(year - 1)).deleted == 0)
            #expect(try await sweep(store, at: after(year + 86_400)).deleted == 2)
            let left = try await store.read { try $0.auditEvents(of: nil, before: nil, limit: 9) }
            #expect(left.map(\.at) == [after(2 * 86_400)])
        }
    }

    enum RandomKeys: CaseIterable {
        case attempts, knownBrowsers, replayedIDs

        /// Adds a row that may be deleted after `expiry`.
        func insert(_ seed: Int, until expiry: Date, _ writer: StoreWriter) throws {
            switch self {
            case .attempts:
                _ = try writer.reserve(
                    [AttemptRule(key: attemptKey(seed), windowSeconds: 60, maximum: 5)],
                    at: expiry.addingTimeInterval(-60))
            case .knownBrowsers:
                try writer.know(KnownBrowser(key: attemptKey(seed), expiresAt: expiry))
            case .replayedIDs:
                _ = try writer.claim(bytes(32, seed), until: expiry.addingTimeInterval(-3600))
            }
        }
    }

    @Test(
        "keeps up where keys are random and rows come faster than a step deletes",
        arguments: Backend.available, RandomKeys.allCases)
    func randomKeys(_ backend: Backend, _ table: RandomKeys) async throws {
        try await backend.withStore { store async throws in
            var rows = 0
            // Forty rows every ten seconds that live for a minute: 240 are alive.
            for round in 0..<40 {
                let now = after(Double(round) * 10)
                try await store.write { writer in
                    for seed in 0..<40 {
                        try table.insert(
                            round * 40 + seed, until: now.addingTimeInterval(60), writer)
                    }
                }
                rows += 40
                var report: SweepReport
                repeat {
                    report = try await sweep(store, limit: 10, at: now)
                    #expect(report.deleted <= 20, "a step is small")
                    rows -= report.deleted
                } while report.hasMore
                #expect(rows < 2 * 240 + 40)
            }
        }
    }
}
