import Foundation
import LoopbackSupport
import Messages
import Outgoing
import Synchronization
import Testing

/// A gateway that gives the same answer to everybody and remembers what it was asked.
private final class GatewayStub: Sendable {
    let server: LoopbackServer
    private let asked: SharedRequests

    init(_ answer: LoopbackServer.Answer) throws {
        let asked = SharedRequests()
        self.asked = asked
        server = try LoopbackServer { request in
            asked.all.withLock { $0.append(request) }
            return answer
        }
    }

    var requests: [LoopbackServer.Request] { asked.all.withLock { $0 } }

    private final class SharedRequests: Sendable {
        let all = Mutex<[LoopbackServer.Request]>([])
    }
}

@Suite("An SMS gateway")
struct GatewayTests {
    private let sender = SMSSender("EduConnect")
    private static let code = "EduConnect : votre code d'activation est 123456 & é +1."

    private func http() throws -> HTTPFetch {
        var options = HTTPFetch.Options()
        options.totalTimeout = .milliseconds(500)
        return try HTTPFetch(options)
    }

    private func kannel(_ base: String) throws -> KannelGateway {
        KannelGateway(
            url: base + "/cgi-bin/sendsms", user: "u", password: HiddenText("p&w"),
            from: try #require(sender), over: try http())
    }

    private func json(_ base: String) throws -> JSONGateway {
        JSONGateway(
            url: base + "/v1/sms", token: HiddenText("token"), members: .init(to: "phone"),
            from: try #require(sender), over: try http())
    }

    @Test("shows its password or token to nobody who prints, dumps or mirrors it (SR-33)")
    func dumped() throws {
        let server = SMTPServer(
            url: "smtp://127.0.0.1:1", startTLS: false,
            credentials: SMTPServer.Credentials(user: "u", password: HiddenText("p&w")))
        let values: [Any] = [
            try kannel("http://127.0.0.1:1"), try json("http://127.0.0.1:1"), server,
            HiddenText("token"), HiddenText("p&w") as HiddenText?,
        ]
        for value in values {
            var text = "\(value)" + String(reflecting: value)
            dump(value, to: &text)
            #expect(text.contains("•••"))
            #expect(!text.contains("p&w") && !text.contains("\"token\""), "\(type(of: value))")
        }
    }

    private func deliver(
        _ text: String = code, to number: String = "+33639980001", by gateway: any SMSGateway
    ) async throws -> DeliveryOutcome {
        let message = TextMessage(number: try #require(PhoneNumber(number)), text: text)
        let consignment = try #require(
            Consignment(id: "0123abcd", date: Date(timeIntervalSince1970: 0)))
        return await gateway.deliver(message, consignment)
    }

    private func text(_ answer: String, _ status: Int) -> LoopbackServer.Answer {
        .response(status: status, headers: [], body: Array(answer.utf8))
    }

    @Test("of Kannel gets user, sender, number and text, and UCS-2 only where it must")
    func kannelRequest() async throws {
        let stub = try GatewayStub(text("0: Accepted for delivery", 202))
        #expect(try await deliver(by: kannel(stub.server.base)) == .accepted)
        #expect(try await deliver("ça", by: kannel(stub.server.base)) == .accepted)
        #expect(
            stub.requests.map(\.target) == [
                "/cgi-bin/sendsms?username=u&password=p%26w&from=EduConnect&to=%2B33639980001"
                    + "&text=EduConnect%20%3A%20votre%20code%20d%27activation%20est%20123456"
                    + "%20%26%20%C3%A9%20%2B1.&charset=UTF-8",
                "/cgi-bin/sendsms?username=u&password=p%26w&from=EduConnect&to=%2B33639980001"
                    + "&text=%C3%A7a&charset=UTF-8&coding=2",
            ])
    }

    @Test(
        "of Kannel is read as it means it",
        arguments: [
            ("0: Accepted for delivery", 202, DeliveryOutcome.accepted),
            ("3: Queued for later delivery", 202, .accepted),
            ("Sent.", 202, .accepted),
            ("<html>Welcome to the hotel's network", 200, .later("kannel 200, not its answer")),
            ("", 202, .later("kannel 202, not its answer")),
            ("03: what", 202, .later("kannel 202, not its answer")),
            ("Temporal failure, try again later.", 503, .later("kannel 503")),
            ("Authorization failed for sendsms", 403, .later("kannel 403")),
            ("Sender missing and no global set, rejected", 400, .later("kannel 400")),
            ("Not routable. Do not try again.", 403, .refused("kannel 403")),
            (
                "Number(s) has/have been denied by white- and/or black-lists.", 400,
                .refused("kannel 400")
            ),
            ("not routable", 500, .later("kannel 500")),
        ])
    func kannelAnswer(_ body: String, _ status: Int, _ expected: DeliveryOutcome) {
        #expect(KannelAnswer(status: status, body: Array(body.utf8)).outcome == expected)
    }

    @Test("of JSON gets its members, its token and the same key at each try")
    func jsonRequest() async throws {
        let stub = try GatewayStub(.json("{}", status: 201))
        #expect(try await deliver(by: json(stub.server.base)) == .accepted)
        #expect(try await deliver(by: json(stub.server.base)) == .accepted)
        #expect(stub.requests.count == 2)
        for request in stub.requests {
            #expect(request.method == "POST" && request.target == "/v1/sms")
            #expect(request.headers["authorization"] == "Bearer token")
            #expect(request.headers["idempotency-key"] == "0123abcd")
            #expect(request.headers["content-type"] == "application/json")
            #expect(
                request.text
                    == #"{"from":"EduConnect","phone":"+33639980001","text":"\#(Self.code)"}"#)
        }
    }

    @Test(
        "of JSON refuses for good by what it says of the message, and by nothing else",
        arguments: [
            (200, DeliveryOutcome.accepted), (202, .accepted), (204, .accepted),
            (400, .refused("gateway 400")), (422, .refused("gateway 422")),
            (301, .later("gateway 301")), (401, .later("gateway 401")),
            (403, .later("gateway 403")), (404, .later("gateway 404")),
            (409, .later("gateway 409")), (429, .later("gateway 429")),
            (500, .later("gateway 500")), (503, .later("gateway 503")),
        ])
    func jsonAnswer(_ status: Int, _ expected: DeliveryOutcome) async throws {
        let stub = try GatewayStub(.response(status: status, headers: [], body: []))
        #expect(try await deliver(by: json(stub.server.base)) == expected)
    }

    @Test("that is down or slow is tried later (security.md 5.16)")
    func down() async throws {
        let slow = try GatewayStub(.silence)
        let closed = try LoopbackServer { _ in .silence }.base
        for make in [kannel, json] as [(String) throws -> any SMSGateway] {
            #expect(try await deliver(by: make(slow.server.base)) == .later("timed out"))
            guard case .later(let reason) = try await deliver(by: make(closed)) else {
                Issue.record("must be tried later")
                return
            }
            #expect(reason.hasPrefix("unreachable"))
            #expect(!reason.contains("p&w") && !reason.contains("123456"))
        }
    }

    @Test(
        "is never asked for a number that may get no SMS (security.md 2.40)",
        arguments: ["+999639980001", "+33140000000", "+12025550100", "+447700900000"])
    func number(_ text: String) async throws {
        let stub = try GatewayStub(.json("{}"))
        for gateway in [try json(stub.server.base), try kannel(stub.server.base)]
            as [any SMSGateway]
        {
            #expect(try await deliver(to: text, by: gateway) == .refused("not a French mobile"))
        }
        #expect(stub.requests.isEmpty)
    }

    @Test("is never asked for a message of more than a few segments, or of none")
    func length() async throws {
        let stub = try GatewayStub(.json("{}"))
        let gateway = try json(stub.server.base)
        let longest = String(repeating: "a", count: 153 * 4)
        #expect(try await deliver(longest, by: gateway) == .accepted)
        #expect(try await deliver(longest + "a", by: gateway) == .refused("too long"))
        #expect(try await deliver("", by: gateway) == .refused("too long"))
        #expect(stub.requests.count == 1)
    }

    @Test(
        "has a sender that the operators take",
        arguments: [
            ("EduConnect", true), ("Edu", true), ("EduConnect1", true), ("EduConnect12", false),
            ("Ed", false), ("12345", false), ("ÉduConnect", false), ("Edu Connect", false),
            ("Edu&to=+1", false), ("", false),
        ])
    func sender(_ text: String, _ isOne: Bool) { #expect((SMSSender(text) != nil) == isOne) }
}

@Suite("The outbox folder")
struct OutboxFolderTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "outbox-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func consignment(_ number: Int) throws -> Consignment {
        let second = Date(timeIntervalSince1970: 1_793_610_000 + Double(number))
        return try #require(Consignment(id: "id\(number)", date: second))
    }

    private func message(_ text: String, to number: String = "+33639980001") throws -> TextMessage {
        TextMessage(number: try #require(PhoneNumber(number)), text: text)
    }

    @Test("keeps the newest messages, each once, newest first, also when it is opened again")
    func bounded() async throws {
        try await withFolder { path in
            let folder = try OutboxFolder(path, max: 3)
            for number in [2, 1, 3, 4, 4] {
                #expect(
                    await folder.deliver(try message("text \(number)"), try consignment(number))
                        == .accepted)
            }
            #expect(folder.messages().map(\.text) == ["text 4", "text 3", "text 2"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 3)
            let again = try OutboxFolder(path, max: 3)
            #expect(again.messages() == folder.messages())
            #expect(again.messages(limit: 1).map(\.text) == ["text 4"])
        }
    }

    @Test("shows a mail with both its parts, by its name only")
    func mail() async throws {
        try await withFolder { path in
            let folder = try OutboxFolder(path)
            let mail = Mail(
                to: try #require(MailAddress("v@example.org")), subject: "Sujet", text: "Texte",
                html: "<p>")
            #expect(await folder.send(mail, try consignment(1)) == .accepted)
            let filed = try #require(folder.messages().first)
            #expect(filed.kind == .mail && filed.subject == "Sujet" && filed.html == "<p>")
            #expect(folder.message(named: filed.name) == filed)
            for name in ["../\(filed.name)", "", "..", "x", filed.name + ".json", "a/b"] {
                #expect(folder.message(named: name) == nil)
            }
        }
    }

    @Test("takes no number that a gateway would not be asked for")
    func number() async throws {
        try await withFolder { path in
            let folder = try OutboxFolder(path)
            let outcome = await folder.deliver(
                try message("a", to: "+999639980001"), try consignment(1))
            #expect(outcome == .refused("not a French mobile"))
            #expect(folder.messages().isEmpty)
        }
    }
}
