import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The courier")
struct CourierTests {
    @Test(
        "carries what a transaction left, and nothing of one that failed (security.md 5.16)",
        arguments: Backend.available)
    func carries(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            struct Fails: Error {}
            let now = test.clock.now
            let lost = try #require(
                test.desk.outbox.change(
                    try .code(), key: "lost", expiresAt: now + .seconds(60), at: now))
            await #expect(throws: Fails.self) {
                try await test.store.write { writer in
                    try writer.apply([lost], at: now)
                    throw Fails()
                }
            }
            try await test.enqueue(try .code("un"), "1")
            try await test.enqueue(try .letter("deux"), "2")
            try await test.enqueue(try .code("encore un"), "1")
            let transport = StubTransport()
            await test.courier(transport).deliverDue()
            #expect(transport.texts.sorted() == ["deux", "un"])
            for row in try await test.outboxRows() {
                #expect(row.deliveredAt == now && row.body.isEmpty && row.attempts == 1)
            }
            await test.courier(transport).deliverDue()
            #expect(transport.texts.count == 2)
        }
    }

    @Test("seals what waits, for its row alone (D21)", arguments: Backend.available)
    func sealed(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1")
            try await test.enqueue(try .code("autre"), "2")
            let rows = try await test.outboxRows()
            for row in rows {
                let body = String(decoding: row.body, as: UTF8.self)
                #expect(!body.contains("123456") && !body.contains("3399800"))
            }
            let first = try #require(rows.first { $0.uniqueKey == "1" })
            let second = try #require(rows.first { $0.uniqueKey == "2" })
            #expect(try test.desk.outbox.message(of: first) == OutboxMessage.code())
            let moved = OutboxRecord(
                id: second.id, kind: first.kind, uniqueKey: "3", body: first.body,
                createdAt: first.createdAt, notBefore: first.notBefore, expiresAt: first.expiresAt)
            #expect(throws: SealedBoxError.notAuthentic) {
                try test.desk.outbox.message(of: moved)
            }
        }
    }

    @Test(
        "tries again after 10 s, 20 s, 40 s … 1 h, until nobody needs the message any more",
        arguments: Backend.available)
    func retries(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1", for: .seconds(8 * 3600))
            let transport = StubTransport { _ in .later("gateway 503") }
            let courier = test.courier(transport)
            var waits: [Double] = []
            for _ in 0..<12 {
                await courier.deliverDue()
                let row = try #require(try await test.outboxRows().first)
                #expect(row.deliveredAt == nil && row.leasedUntil == nil)
                let wait = row.notBefore.timeIntervalSince(test.clock.now)
                waits.append(wait)
                test.clock.advance(by: .seconds(wait - 1))
                await courier.deliverDue()
                test.clock.advance(by: .seconds(1))
            }
            #expect(transport.ids.count == 12)
            #expect(Set(transport.ids).count == 1, "one name at each try")
            for (index, wait) in waits.enumerated() {
                let base = min(10 * Double(1 << index), 2880)
                let range = (base - 0.001)...(base * 1.25 + 0.001)
                #expect(range.contains(wait), "try \(index + 1): \(wait) s")
            }
        }
    }

    @Test("gives up what runs out before the next try", arguments: Backend.available)
    func expiry(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1", for: .seconds(25))
            let transport = StubTransport { _ in .later("gateway 503") }
            let courier = test.courier(transport)
            await courier.deliverDue()
            test.clock.advance(by: .seconds(13))
            await courier.deliverDue()
            #expect(transport.ids.count == 2)
            let row = try #require(try await test.outboxRows().first)
            #expect(row.body.isEmpty && row.deliveredAt == nil)
            #expect(try await test.audited().map(\.kind) == [.messageExpired])
            test.clock.advance(by: .seconds(3600))
            await courier.deliverDue()
            #expect(transport.ids.count == 2)
        }
    }

    @Test(
        "ends what is refused for good at once, and audits it without its content",
        arguments: Backend.available)
    func refused(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1")
            try await test.enqueue(try .code(to: "+999639980001"), "2")
            let transport = StubTransport { _ in .refused("gateway 400") }
            let courier = test.courier(transport)
            await courier.deliverDue()
            #expect(transport.ids.count == 1, "the number of no network is never handed over")
            for row in try await test.outboxRows() {
                #expect(row.body.isEmpty && row.deliveredAt == nil && row.leasedUntil == nil)
            }
            let events = try await test.audited()
            #expect(events.map(\.kind) == [.messageRefused, .messageRefused])
            #expect(
                Set(events.map(\.detail)) == ["sms: gateway 400", "sms: not a French mobile"])
            try await test.enqueue(try .code("encore"), "1")
            test.clock.advance(by: .seconds(600))
            await courier.deliverDue()
            #expect(transport.ids.count == 1, "its key is kept")
        }
    }

    @Test(
        "shares the outbox with other couriers: each message goes once",
        arguments: Backend.available)
    func several(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            for number in 0..<100 {
                try await test.enqueue(
                    try number % 2 == 0 ? OutboxMessage.code() : .letter(), "\(number)")
            }
            let transport = StubTransport()
            await withDiscardingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask { await test.courier(transport).deliverDue() }
                }
            }
            // One that lost a race for the database stops early; another round finds what is left.
            await test.courier(transport).deliverDue()
            #expect(transport.ids.count == 100 && Set(transport.ids).count == 100)
        }
    }

    @Test(
        "sends a message again under the same name if it crashed after handing it over, once its lease is over",
        arguments: Backend.available)
    func crash(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1")
            let now = test.clock.now
            // As a courier leaves it that was killed between the gateway's answer and its own write.
            let leased = try await test.store.write { writer in
                try writer.lease(
                    try writer.due(.sms, limit: 16, at: now),
                    until: now.addingTimeInterval(Courier.leaseTime), at: now)
            }
            let first = try #require(leased.first)
            let transport = StubTransport()
            let courier = test.courier(transport)
            await courier.deliverDue()
            #expect(transport.ids.isEmpty)
            test.clock.advance(by: .seconds(Courier.leaseTime))
            for _ in 0..<3 { await courier.deliverDue() }
            #expect(transport.ids == [first.id.text])
        }
    }

    @Test("leaves kinds alone that have no transport", arguments: Backend.available)
    func kinds(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await test.enqueue(try .code(), "1")
            try await test.enqueue(try .letter(), "2")
            let now = test.clock.now
            let logout = OutboxRecord(
                id: test.desk.makeID(at: now), kind: .logout, uniqueKey: "3", body: [],
                client: "lsu", sid: "sid", createdAt: now, notBefore: now,
                expiresAt: now + .seconds(3600))
            try await test.store.write { try $0.enqueue(logout) }
            let transport = StubTransport()
            await Courier(desk: test.desk, transports: .init(sms: transport)).deliverDue()
            #expect(transport.texts == [OutboxMessage.codeText])
            let waiting = try await test.outboxRows().filter { $0.deliveredAt == nil }
            #expect(waiting.count == 2 && waiting.allSatisfy { $0.leasedUntil == nil })
            #expect(waiting.contains(logout))
        }
    }
}

@Suite("The wait before another try")
struct BackoffTests {
    @Test("is between 10 s and 1 h, and differs by chance")
    func bounds() {
        for attempts in [Int64.min, -1, 0, 1, 8, 9, 63, 64, .max] {
            for random in [UInt8.min, 128, .max] {
                let delay = Backoff.delay(after: attempts, random: random)
                #expect(delay >= .seconds(10) && delay <= .seconds(3600))
            }
        }
        #expect(Backoff.delay(after: 0, random: 0) == .seconds(10))
        #expect(Backoff.delay(after: 0, random: 255) == .seconds(12.5))
        #expect(Backoff.delay(after: 60, random: 255) == .seconds(3600))
    }
}
