import Flow
import FoundationEssentials
import Messages
import Store
import Synchronization
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// A transport of both kinds that says what a test wants it to and keeps what it was handed.
final class StubTransport: MailTransport, SMSGateway {
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
final class KeptLines: Sendable {
    private let kept = Mutex<[String]>([])

    var text: String { kept.withLock { $0.joined() } }

    @Sendable func keep(_ line: [UInt8]) {
        kept.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
}

extension OutboxMessage {
    static let codeText = "EduConnect : votre code d'activation est 123456."

    static func code(
        _ text: String = codeText, to number: String = "+33639980001"
    ) throws -> OutboxMessage {
        .sms(TextMessage(number: try #require(PhoneNumber(number)), text: text))
    }

    static func letter(_ text: String = "Bonjour") throws -> OutboxMessage {
        let address = try #require(MailAddress("valery.durant@example.org"))
        return .mail(Mail(to: address, subject: "Sujet", text: text, html: "<p>Bonjour</p>"))
    }
}

extension TestDesk {
    /// Leaves a message as a step does.
    func enqueue(
        _ message: OutboxMessage, _ key: String, for lifetime: Duration = .seconds(1800)
    ) async throws {
        let now = clock.now
        let change = try #require(
            desk.outbox.change(message, key: key, expiresAt: now + lifetime, at: now))
        try await store.write { try $0.apply([change], at: now) }
    }

    func courier(_ transport: StubTransport) -> Courier {
        Courier(desk: desk, transports: .init(mail: transport, sms: transport))
    }

    func outboxRows() async throws -> [OutboxRecord] {
        try await store.read { try $0.outbox(limit: 1_000) }
    }

    func audited() async throws -> [AuditEvent] {
        try await store.read { try $0.auditEvents(of: nil, before: nil, limit: 100) }
    }
}
