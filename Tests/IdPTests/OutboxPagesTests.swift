import FoundationEssentials
import HTTPTypes
import Messages
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The page of messages of a development machine")
struct OutboxPagesTests {
    /// A mail with a link and an SMS, a second later.
    private func withPages(
        _ body: (_ get: (_ path: String, _ host: String) async throws -> TestAnswer) async throws
            -> Void
    ) async throws {
        let temporary = try TemporaryFolder("outbox")
        defer { temporary.remove() }
        let folder = try OutboxFolder(temporary.path)
        let start = TestDesk.start
        let mail = Mail(
            to: try #require(MailAddress("valery.durant@example.org")), subject: "Activation <1>",
            text: "Bonjour,\nhttps://educonnect.example.org/a?code=b&c=d\n",
            html: "<p>Bonjour<script>alert(1)</script></p>")
        _ = await folder.send(mail, try #require(Consignment(id: "aa", date: start)))
        let message = TextMessage(
            number: try #require(PhoneNumber("+33639980001")), text: "Votre code est 123456.")
        _ = await folder.deliver(
            message, try #require(Consignment(id: "bb", date: start.addingTimeInterval(1))))
        let door = TestDoor(OutboxPages(folder: folder, version: "v1").responder())
        try await body { path, host in try await door.request(.get, path, host: host) }
    }

    @Test("lists every message, the newest first, also as JSON")
    func list() async throws {
        try await withPages { get in
            let page = try await get("/", "localhost:8083").text
            let sms = try #require(page.firstRange(of: "+33639980001"))
            let mail = try #require(page.firstRange(of: "Activation &lt;1&gt;"))
            #expect(sms.lowerBound < mail.lowerBound)
            guard case .array(let list) = try await get("/messages.json", "127.0.0.1:8083").json
            else {
                Issue.record("not a list")
                return
            }
            #expect(list.map { $0.member("kind")?.string } == ["sms", "mail"])
            #expect(list.first?.member("text")?.string == "Votre code est 123456.")
            #expect(list.last?.member("to")?.string == "valery.durant@example.org")
        }
    }

    @Test("shows a message with links that open, and its HTML where it can do nothing")
    func message() async throws {
        try await withPages { get in
            let list = try await get("/messages.json", "localhost").json
            guard case .array(let entries) = list,
                let name = entries.last?.member("name")?.string
            else {
                Issue.record("not a list")
                return
            }
            let page = try await get("/messages/\(name)", "localhost:8083").text
            #expect(
                page.contains(#"href="https://educonnect.example.org/a?code=b&amp;c=d""#))
            #expect(!page.contains("<script>alert"))
            let html = try await get("/messages/\(name)/html", "localhost:8083")
            #expect(html.text.contains("<p>Bonjour"))
            let policy = try #require(html.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("sandbox ") && policy.contains("default-src 'none'"))
            #expect(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"))
            #expect(try await get("/messages/none", "localhost:8083").code == 404)
        }
    }

    @Test(
        "answers under this machine's own names only",
        arguments: ["evil.example.org", "evil.example.org:8083", "", "localhost.example.org"])
    func rebinding(_ host: String) async throws {
        try await withPages { get in
            for path in ["/", "/messages.json"] {
                let answer = try await get(path, host)
                #expect(answer.code == 421 && !answer.text.contains("123456"))
            }
        }
    }
}
