import Flow
import FoundationEssentials
import Logging
import LoopbackSupport
import Messages
import Outgoing
import Serving
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// A transport of both kinds that says what a test wants it to and keeps what it was handed.
private final class StubTransport: MailTransport, SMSGateway {
    typealias Script = @Sendable (_ tries: Int) -> DeliveryOutcome

    private let script: Script
    private let handed = Mutex<[(id: String, text: String)]>([])

    init(_ script: @escaping Script = { _ in .accepted }) { self.script = script }

    var ids: [String] { handed.withLock { $0.map(\.id) } }
    var texts: [String] { handed.withLock { $0.map(\.text) } }

    func send(_ mail: Mail, _ consignment: Consignment) async -> DeliveryOutcome {
        take(consignment, mail.text)
    }

    func send(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome {
        take(consignment, message.text)
    }

    private func take(_ consignment: Consignment, _ text: String) -> DeliveryOutcome {
        script(
            handed.withLock {
                $0.append((consignment.id, text))
                return $0.count
            })
    }
}

/// What was logged.
private final class KeptLines: Sendable {
    private let kept = Mutex<[String]>([])

    var text: String { kept.withLock { $0.joined() } }

    @Sendable func keep(_ line: [UInt8]) {
        kept.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
}

@Suite("The courier")
struct CourierTests {
    private static let code = "EduConnect : votre code d'activation est 123456."

    private func sms(_ text: String = code, to number: String = "+33639980001") throws
        -> OutboxMessage
    {
        .sms(TextMessage(number: try #require(PhoneNumber(number)), text: text))
    }

    private func mail(_ text: String = "Bonjour") throws -> OutboxMessage {
        let address = try #require(MailAddress("valery.durant@example.org"))
        return .mail(Mail(to: address, subject: "Sujet", text: text, html: "<p>Bonjour</p>"))
    }

    private func enqueue(
        _ message: OutboxMessage, _ key: String, for lifetime: Duration = .seconds(1800),
        on test: TestDesk
    ) async throws {
        let now = test.clock.now
        let change = try #require(
            test.desk.outbox.change(message, key: key, expiresAt: now + lifetime, at: now))
        try await test.store.write { try $0.apply([change], at: now) }
    }

    private func courier(_ test: TestDesk, _ transport: StubTransport) -> Courier {
        Courier(desk: test.desk, transports: .init(mail: transport, sms: transport))
    }

    private func rows(_ test: TestDesk) async throws -> [OutboxRecord] {
        try await test.store.read { try $0.outbox(limit: 1_000) }
    }

    private func audited(_ test: TestDesk) async throws -> [AuditEvent] {
        try await test.store.read { try $0.auditEvents(of: nil, before: nil, limit: 100) }
    }

    @Test(
        "carries what a transaction left, and nothing of one that failed (security.md 5.16)",
        arguments: Backend.available)
    func carries(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            struct Fails: Error {}
            let now = test.clock.now
            let lost = try #require(
                test.desk.outbox.change(
                    try sms(), key: "lost", expiresAt: now + .seconds(60), at: now))
            await #expect(throws: Fails.self) {
                try await test.store.write { writer in
                    try writer.apply([lost], at: now)
                    throw Fails()
                }
            }
            try await enqueue(try sms("un"), "1", on: test)
            try await enqueue(try mail("deux"), "2", on: test)
            try await enqueue(try sms("encore un"), "1", on: test)
            let transport = StubTransport()
            await courier(test, transport).deliverDue()
            #expect(transport.texts.sorted() == ["deux", "un"])
            for row in try await rows(test) {
                #expect(row.deliveredAt == now && row.body.isEmpty && row.attempts == 1)
            }
            await courier(test, transport).deliverDue()
            #expect(transport.texts.count == 2)
        }
    }

    @Test("seals what waits, for its row alone (D21)", arguments: Backend.available)
    func sealed(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await enqueue(try sms(), "1", on: test)
            try await enqueue(try sms("autre"), "2", on: test)
            let rows = try await rows(test)
            for row in rows {
                let body = String(decoding: row.body, as: UTF8.self)
                #expect(!body.contains("123456") && !body.contains("3399800"))
            }
            let (first, second) = (try #require(rows.last), try #require(rows.first))
            #expect(try test.desk.outbox.message(of: first) == (try sms()))
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
            try await enqueue(try sms(), "1", for: .seconds(8 * 3600), on: test)
            let transport = StubTransport { _ in .later("gateway 503") }
            let courier = courier(test, transport)
            var waits: [Double] = []
            for _ in 0..<12 {
                await courier.deliverDue()
                let row = try #require(try await rows(test).first)
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
            try await enqueue(try sms(), "1", for: .seconds(25), on: test)
            let transport = StubTransport { _ in .later("gateway 503") }
            let courier = courier(test, transport)
            await courier.deliverDue()
            test.clock.advance(by: .seconds(13))
            await courier.deliverDue()
            #expect(transport.ids.count == 2)
            let row = try #require(try await rows(test).first)
            #expect(row.body.isEmpty && row.deliveredAt == nil)
            #expect(try await audited(test).map(\.kind) == ["messageExpired"])
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
            try await enqueue(try sms(), "1", on: test)
            try await enqueue(try sms(to: "+999639980001"), "2", on: test)
            let transport = StubTransport { _ in .refused("gateway 400") }
            let courier = courier(test, transport)
            await courier.deliverDue()
            #expect(transport.ids.count == 1, "the number of no network is never handed over")
            for row in try await rows(test) {
                #expect(row.body.isEmpty && row.deliveredAt == nil && row.leasedUntil == nil)
            }
            let events = try await audited(test)
            #expect(events.map(\.kind) == ["messageRefused", "messageRefused"])
            #expect(
                Set(events.map(\.detail)) == ["sms: gateway 400", "sms: not a French mobile"])
            try await enqueue(try sms("encore"), "1", on: test)
            test.clock.advance(by: .seconds(600))
            await courier.deliverDue()
            #expect(transport.ids.count == 1, "its key is kept")
        }
    }

    @Test("shares the outbox with other couriers: each message goes once", arguments: Backend.available)
    func several(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            for number in 0..<100 {
                try await enqueue(try number % 2 == 0 ? sms() : mail(), "\(number)", on: test)
            }
            let transport = StubTransport()
            await withDiscardingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask { await courier(test, transport).deliverDue() }
                }
            }
            // One that lost a race for the database stops early; another round finds what is left.
            await courier(test, transport).deliverDue()
            #expect(transport.ids.count == 100 && Set(transport.ids).count == 100)
        }
    }

    @Test(
        "sends a message again under the same name if it crashed after handing it over, once its lease is over",
        arguments: Backend.available)
    func crash(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await enqueue(try sms(), "1", on: test)
            let now = test.clock.now
            // As a courier leaves it that was killed between the gateway's answer and its own write.
            let leased = try await test.store.write {
                try $0.lease(
                    kinds: [.sms], until: now.addingTimeInterval(Courier.leaseTime), limit: 16,
                    at: now)
            }
            let first = try #require(leased.first)
            let transport = StubTransport()
            let courier = courier(test, transport)
            await courier.deliverDue()
            #expect(transport.ids.isEmpty)
            test.clock.advance(by: .seconds(Courier.leaseTime))
            for _ in 0..<3 { await courier.deliverDue() }
            #expect(transport.ids == [first.id.text])
        }
    }

    @Test("leaves kinds alone that have no transport, and logouts", arguments: Backend.available)
    func kinds(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            try await enqueue(try sms(), "1", on: test)
            try await enqueue(try mail(), "2", on: test)
            let now = test.clock.now
            let logout = OutboxRecord(
                id: test.desk.makeID(at: now), kind: .logout, uniqueKey: "3", body: [],
                client: "lsu", sid: "sid", createdAt: now, notBefore: now,
                expiresAt: now + .seconds(3600))
            try await test.store.write { try $0.enqueue(logout) }
            let transport = StubTransport()
            await Courier(desk: test.desk, transports: .init(sms: transport)).deliverDue()
            #expect(transport.texts == [Self.code])
            let waiting = try await rows(test).filter { $0.deliveredAt == nil }
            #expect(waiting.count == 2 && waiting.allSatisfy { $0.leasedUntil == nil })
            #expect(waiting.contains(logout))
        }
    }

    @Test("says nothing of a message in the log, whatever becomes of it (SR-64)")
    func log() async throws {
        try await TestDesk.run(.sqlite) { test in
            let lines = KeptLines()
            var desk = test.desk
            desk = Desk(
                issuer: desk.issuer, policy: desk.policy,
                environment: ServerEnvironment(
                    now: desk.environment.now, random: desk.environment.random,
                    log: Logger(label: "test") { label in
                        JSONLog(label: label, level: .trace, write: lines.keep)
                    }),
                store: desk.store, keys: desk.keys, cookies: desk.cookies, layout: desk.layout,
                passwordPool: desk.passwordPool, signaturePool: desk.signaturePool)
            let server = try SMTPStub { command in
                command.hasPrefix("RCPT") ? .reply("550 5.1.1 valery.durant@example.org unknown") : nil
            }
            let gateway = try LoopbackServer { request in .json(request.text, status: 503) }
            let sender = MailSender(address: try #require(MailAddress("noreply@example.org")))
            let transports = Courier.Transports(
                mail: Mailer(try SMTPClient(SMTPServer(url: server.url, startTLS: false)), from: sender),
                sms: JSONGateway(
                    url: gateway.base, token: "token", from: try #require(SMSSender("EduConnect")),
                    over: try HTTPFetch()))
            try await enqueue(try sms(), "1", on: test)
            try await enqueue(try mail("secret"), "2", on: test)
            await Courier(desk: desk, transports: transports).deliverDue()
            let text = lines.text
            #expect(text.contains("messageRefused") && text.contains("message waits"))
            for secret in ["123456", "secret", "durant", "3399800", "token", "Sujet"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }

    @Test("carries a message at once while it runs, and stops when it is asked to")
    func runs() async throws {
        try await TestDesk.run(.sqlite) { test in
            let (events, event) = AsyncStream.makeStream(of: Int.self)
            let transport = StubTransport { tries in
                event.yield(tries)
                return .accepted
            }
            let group = ServiceGroup(
                services: [courier(test, transport)], logger: test.desk.environment.log)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for number in 0..<40 {
                    try await enqueue(try sms(), "\(number)", on: test)
                }
                for await tries in events where tries == 40 { break }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(Set(transport.ids).count == 40)
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
