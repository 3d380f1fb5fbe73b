import Flow
import FoundationEssentials
import Logging
import LoopbackSupport
import Messages
import Outgoing
import Serving
import ServiceLifecycle
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The courier of a running program")
struct CourierServiceTests {
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
                command.hasPrefix("RCPT")
                    ? .reply("550 5.1.1 valery.durant@example.org unknown") : nil
            }
            let gateway = try LoopbackServer { request in .json(request.text, status: 503) }
            let sender = MailSender(address: try #require(MailAddress("noreply@example.org")))
            let transports = Courier.Transports(
                mail: Mailer(
                    try SMTPClient(SMTPServer(url: server.url, startTLS: false)), from: sender),
                sms: JSONGateway(
                    url: gateway.base, token: HiddenText("token"),
                    from: try #require(SMSSender("EduConnect")),
                    over: try HTTPFetch()))
            try await test.enqueue(try .code(), "1")
            try await test.enqueue(try .letter("secret"), "2")
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
                services: [test.courier(transport)], logger: test.desk.environment.log)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for number in 0..<40 {
                    try await test.enqueue(try .code(), "\(number)")
                }
                for await tries in events where tries == 40 { break }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(Set(transport.ids).count == 40)
        }
    }
}
