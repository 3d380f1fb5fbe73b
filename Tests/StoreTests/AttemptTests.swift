import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("Attempts")
struct AttemptTests {
    private func reserve(
        _ store: IdentityStore, _ rules: [AttemptRule], at seconds: Double
    ) async throws -> AttemptDecision {
        try await store.write { try $0.reserve(rules, at: after(seconds)) }
    }

    @Test("are refused over the maximum until the window ends", arguments: Backend.available)
    func window(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(key: attemptKey(1), windowSeconds: 60, maximum: 3)
            for second in 0..<3 {
                #expect(try await reserve(store, [rule], at: Double(second)) == .allowed)
            }
            #expect(try await reserve(store, [rule], at: 3) == .refused(until: after(60)))
            #expect(try await reserve(store, [rule], at: 59.999) == .refused(until: after(60)))
            #expect(try await reserve(store, [rule], at: 60) == .allowed)
        }
    }

    @Test(
        "wait a minute after the fifth, then twice as long each time, a quarter of an hour at most",
        arguments: Backend.available)
    func locks(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(
                key: attemptKey(1), windowSeconds: 86400, maximum: 5, lockSeconds: 60,
                longestLockSeconds: 900)
            for _ in 0..<5 { #expect(try await reserve(store, [rule], at: 0) == .allowed) }
            var now = 0.0
            for wait in [60.0, 120, 240, 480, 900, 900] {
                #expect(
                    try await reserve(store, [rule], at: now + wait - 1)
                        == .refused(until: after(now + wait)))
                now += wait
                #expect(try await reserve(store, [rule], at: now) == .allowed)
            }
            #expect(
                try await reserve(store, [rule], at: 86400) == .allowed,
                "never a lasting lock (2.39)")
        }
    }

    @Test("count under all of their rules or under none", arguments: Backend.available)
    func rules(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let narrow = AttemptRule(key: attemptKey(1), windowSeconds: 60, maximum: 1)
            let wide = AttemptRule(key: attemptKey(2), windowSeconds: 100, maximum: 2)
            #expect(try await reserve(store, [narrow, wide], at: 0) == .allowed)
            #expect(try await reserve(store, [wide, narrow], at: 1) == .refused(until: after(60)))
            #expect(
                try await reserve(store, [wide], at: 2) == .allowed, "the refused one did not count"
            )
            #expect(try await reserve(store, [narrow, wide], at: 3) == .refused(until: after(100)))
        }
    }

    @Test("are forgotten after a success", arguments: Backend.available)
    func clear(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(key: attemptKey(1), windowSeconds: 60, maximum: 1)
            #expect(try await reserve(store, [rule], at: 0) == .allowed)
            try await store.write { try $0.apply([.clearAttempts([attemptKey(1)])], at: after(1)) }
            #expect(try await reserve(store, [rule], at: 2) == .allowed)
        }
    }

    @Test(
        "that turned out right are given back, those of others are not (SR-45)",
        arguments: Backend.available)
    func giveBack(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(key: attemptKey(1), windowSeconds: 60, maximum: 2)
            #expect(try await reserve(store, [rule], at: 0) == .allowed)
            #expect(try await reserve(store, [rule], at: 1) == .allowed)
            let back = [Change.giveBackAttempts([attemptKey(1), attemptKey(2)])]
            try await store.write { try $0.apply(back, at: after(1)) }
            #expect(try await reserve(store, [rule], at: 2) == .allowed)
            #expect(try await reserve(store, [rule], at: 3) == .refused(until: after(60)))
            for _ in 0..<3 { try await store.write { try $0.apply(back, at: after(4)) } }
            for _ in 0..<2 { #expect(try await reserve(store, [rule], at: 5) == .allowed) }
            #expect(
                try await reserve(store, [rule], at: 6) == .refused(until: after(60)),
                "never more than were counted")
        }
    }

    @Test(
        "that turned out right end the wait that they began (SR-45)", arguments: Backend.available)
    func giveBackWait(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(
                key: attemptKey(1), windowSeconds: 600, maximum: 2, lockSeconds: 60)
            for _ in 0..<2 { #expect(try await reserve(store, [rule], at: 0) == .allowed) }
            #expect(try await reserve(store, [rule], at: 1) == .refused(until: after(60)))
            try await store.write {
                try $0.apply([.giveBackAttempts([attemptKey(1)])], at: after(1))
            }
            #expect(try await reserve(store, [rule], at: 2) == .allowed)
        }
    }
}

@Suite("An identifier that is good once")
struct ReplayedIDTests {
    @Test(
        "can be claimed once, also after it has expired, until it is swept",
        arguments: Backend.available)
    func claim(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            func claim(_ seed: Int, until: Double) async throws -> Bool {
                try await store.write { try $0.claim(bytes(32, seed), until: after(until)) }
            }
            #expect(try await claim(1, until: 300))
            #expect(try await !claim(1, until: 900))
            #expect(try await claim(2, until: 300))
        }
    }
}

@Suite("The outbox")
struct OutboxTests {
    private func mail(_ seed: Int, notBefore: Double = 0, key: String? = nil) -> OutboxRecord {
        OutboxRecord(
            id: id(seed), kind: .mail, uniqueKey: key ?? "mail-\(seed)", body: [1, 2],
            createdAt: start,
            notBefore: after(notBefore), expiresAt: after(3600))
    }

    @Test("holds a message once (SR-66)", arguments: Backend.available)
    func unique(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            #expect(try await store.write { try $0.enqueue(mail(1)) })
            #expect(try await !store.write { try $0.enqueue(mail(2, key: "mail-1")) })
            #expect(try await store.read { try $0.outbox(limit: 5) } == [mail(1)])
        }
    }

    @Test(
        "gives a message to one courier at a time, and to another when the lease ends",
        arguments: Backend.available)
    func leases(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.enqueue(mail(1))
                try writer.enqueue(mail(2, notBefore: 50))
            }
            func lease(at now: Double) async throws -> [OutboxRecord] {
                let due = try await store.read { try $0.due(.mail, limit: 10, at: after(now)) }
                return try await store.write {
                    try $0.lease(due, until: after(now + 30), at: after(now))
                }
            }
            let first = try await lease(at: 10)
            #expect(first.map(\.id) == [id(1)])
            #expect(try await lease(at: 20).isEmpty)
            let second = try await lease(at: 40)
            #expect(second.map(\.id) == [id(1)])
            let (lost, held) = (try #require(first.first), try #require(second.first))
            #expect(
                try await !store.write { try $0.delivered(lost, at: after(41)) },
                "its lease is over")
            #expect(try await store.write { try $0.retry(held, notBefore: after(100)) })
            #expect(try await lease(at: 60).map(\.id) == [id(2)])
            let third = try #require(try await lease(at: 100).first { $0.id == id(1) })
            #expect(third.attempts == 1)
            #expect(try await store.write { try $0.delivered(third, at: after(101)) })
            #expect(try await lease(at: 500).map(\.id) == [id(2)])
            let row = try #require(
                try await store.read { try $0.outbox(limit: 5) }.first { $0.id == id(1) })
            #expect(row.body.isEmpty && row.deliveredAt == after(101) && row.attempts == 2)
            #expect(try await lease(at: 3600).isEmpty, "nobody needs an expired message")
        }
    }

    @Test(
        "gives nobody a message that another courier has had since it was found due",
        arguments: Backend.available)
    func stale(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...3 { try writer.enqueue(mail(seed)) }
            }
            let found = try await store.read { try $0.due(.mail, limit: 3, at: after(1)) }
            try await store.write { writer in
                let leased = try writer.lease(found, until: after(30), at: after(1))
                try #require(leased.map(\.id) == [id(1), id(2), id(3)])
                try writer.delivered(leased[0], at: after(2))
                try writer.retry(leased[1], notBefore: after(60))
                try writer.end(leased[2])
            }
            #expect(
                try await store.write {
                    try $0.lease(found, until: after(90), at: after(3)).isEmpty
                })
        }
    }

    @Test(
        "passes over clients that get nothing now, and no message without one (SR-62)",
        arguments: Backend.available)
    func passingOver(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let clients = ["lsu", "cantine", nil, "lsu"]
            try await store.write { writer in
                for (index, client) in clients.enumerated() {
                    var row = mail(index + 1)
                    row.client = client
                    try writer.enqueue(row)
                }
            }
            func due(_ passed: [String]) async throws -> [String?] {
                try await store.read {
                    try $0.due(.mail, passingOver: passed, limit: 9, at: after(1)).map(\.client)
                }
            }
            #expect(try await Set(due([])) == Set(clients))
            #expect(try await Set(due(["lsu"])) == ["cantine", nil])
            let most = (1..<OutboxRecord.passedOverMax).map { "client \($0)" } + ["cantine"]
            #expect(try await Set(due(most)) == ["lsu", nil])
        }
    }
}

@Suite("The audit")
struct AuditTests {
    @Test(
        "is read page by page, newest first, of one account or of all", arguments: Backend.available
    )
    func pages(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let events = (1...6).map { seed in
                AuditEvent(
                    id: id(seed, at: after(Double(seed))), at: after(Double(seed)),
                    kind: .signedIn,
                    account: id(seed % 2), client: "lsu", actor: "agent", network: "192.0.2.0/24",
                    detail: "{}")
            }
            try await store.write { writer in for event in events { try writer.append(event) } }
            try await store.read { reader throws in
                let page = try reader.auditEvents(of: nil, before: nil, limit: 4)
                #expect(page == Array(events.reversed().prefix(4)))
                #expect(
                    try reader.auditEvents(of: nil, before: page.last?.id, limit: 4) == [
                        events[1], events[0],
                    ])
                let own = try reader.auditEvents(of: id(1), before: nil, limit: 9)
                #expect(own == [events[4], events[2], events[0]])
            }
        }
    }
}

@Suite("A consent")
struct ConsentTests {
    @Test("replaces the one before and can be withdrawn", arguments: Backend.available)
    func roundTrip(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let first = Consent(account: id(1), client: "lsu", scopes: "openid", updatedAt: start)
            let second = Consent(
                account: id(1), client: "lsu", scopes: "openid profile", updatedAt: after(1))
            try await store.write { try $0.apply([.consent(first), .consent(second)], at: start) }
            #expect(try await store.read { try $0.consent(of: id(1), client: "lsu") } == second)
            for isThere in [true, false] {
                let isWithdrawn = try await store.write {
                    try $0.withdrawConsent(of: id(1), client: "lsu", at: after(2))
                }
                #expect(isWithdrawn == isThere)
            }
            #expect(try await store.read { try $0.consent(of: id(1), client: "lsu") } == nil)
        }
    }
}
