import Foundation
import LoopbackSupport
import Outgoing
import Testing

@Suite("A mail handed to a mail server")
struct SMTPClientTests {
    private static let content = "Subject: s\r\n\r\nBonjour\r\n.\r\n..fin\r\n"

    private func mail(to: String = "valery.durant@example.org") throws -> SMTPMail {
        try SMTPMail(
            from: "noreply@educonnect.example.org", to: to, content: Array(Self.content.utf8))
    }

    /// In clear on loopback, unless told otherwise.
    private func client(
        _ url: String, startTLS: Bool = false, user: String? = "educonnect",
        timeout: Duration = .seconds(20), ca: URL? = nil
    ) throws -> SMTPClient {
        var options = SMTPClient.Options()
        options.totalTimeout = timeout
        options.extraCAFile = ca?.path
        let credentials = user.map {
            SMTPServer.Credentials(user: $0, password: HiddenText("pass word"))
        }
        return try SMTPClient(
            SMTPServer(url: url, startTLS: startTLS, credentials: credentials), options)
    }

    /// The answer to one mail of a server that follows the script.
    private func answer(
        timeout: Duration = .seconds(20), _ script: @escaping SMTPDialogue.Script
    ) async throws -> Result<SMTPAnswer, FetchError> {
        let stub = try SMTPStub(script)
        return await outcome(try client(stub.url, timeout: timeout))
    }

    private func outcome(_ client: SMTPClient) async -> Result<SMTPAnswer, FetchError> {
        do throws(FetchError) {
            return .success(
                try await client.send(
                    try SMTPMail(
                        from: "noreply@educonnect.example.org", to: "valery.durant@example.org",
                        content: Array(Self.content.utf8))))
        } catch {
            return .failure(error)
        }
    }

    @Test("arrives whole, with its envelope, after the user has been named")
    func accepted() async throws {
        let stub = try SMTPStub()
        #expect(try await client(stub.url).send(mail()) == .accepted)
        let plain = Data("\0educonnect\0pass word".utf8).base64EncodedString()
        let commands = stub.told.commands
        #expect(commands.first == "EHLO educonnect.example.org")
        #expect(commands.contains("AUTH PLAIN") && commands.contains(plain))
        #expect(commands.contains { $0.hasPrefix("MAIL FROM:<noreply@educonnect.example.org>") })
        #expect(commands.contains("RCPT TO:<valery.durant@example.org>"))
        // Dots are stuffed on the way, so that none ends the mail.
        #expect(stub.told.mails == ["Subject: s\n\nBonjour\n..\n...fin\n"])
    }

    @Test("goes by the name in the URL's path, and without a user where there is none")
    func name() async throws {
        let stub = try SMTPStub()
        #expect(
            try await client(stub.url + "/desk.example.org", user: nil).send(mail()) == .accepted)
        #expect(stub.told.commands.first == "EHLO desk.example.org")
        #expect(!stub.told.commands.contains { $0.hasPrefix("AUTH") })
    }

    @Test("shares a connection with the next one")
    func reuse() async throws {
        let stub = try SMTPStub()
        let client = try client(stub.url)
        for _ in 0..<3 { #expect(try await client.send(mail()) == .accepted) }
        #expect(stub.connections == 1 && stub.told.mails.count == 3)
    }

    @Test(
        "is refused for good where the server says so of the recipient or the content",
        arguments: ["RCPT", "DATA", "."])
    func refused(_ verb: String) async throws {
        let answer = try await answer { $0.hasPrefix(verb) ? .reply("554 5.7.1 No") : nil }
        #expect(answer == .success(.refused(code: 554)))
    }

    @Test(
        "is tried later where the server says so at any point (RFC 5321 §4.2.1)",
        arguments: ["MAIL", "RCPT", "DATA", "."])
    func later(_ verb: String) async throws {
        let answer = try await answer { $0.hasPrefix(verb) ? .reply("451 4.3.0 Later") : nil }
        #expect(answer == .success(.tryLater(code: 451)))
    }

    @Test("is not given up where the server only refuses us")
    func sender() async throws {
        #expect(
            try await answer { $0.hasPrefix("MAIL") ? .reply("553 5.7.1 Not you") : nil }
                == .success(.senderRefused(code: 553)))
        #expect(
            try await answer { $0.hasPrefix("MAIL") ? .reply("530 5.7.0 Who?") : nil }
                == .success(.notAuthenticated(code: 530)))
        #expect(
            try await answer { $0.hasPrefix("AUTH") ? .reply("535 5.7.8 Wrong") : nil }
                == .success(.notAuthenticated(code: 535)))
    }

    @Test("is of unknown fate where the server falls silent or breaks off after the content")
    func drop() async throws {
        let dropped = try await answer { $0 == "." ? .drop : nil }
        guard case .failure(.broken) = dropped else {
            Issue.record("\(dropped)")
            return
        }
        let slow = try await answer(timeout: .milliseconds(300)) { $0 == "." ? .silence : nil }
        #expect(slow == .failure(.timedOut))
    }

    @Test("finds nobody where no server listens")
    func unreachable() async throws {
        let url = try SMTPStub().url
        guard case .failure(.unreachable) = await outcome(try client(url)) else {
            Issue.record("a closed port must be unreachable")
            return
        }
        let name = "smtp://\(String(repeating: "a", count: 64)).invalid"
        #expect(await outcome(try client(name, startTLS: true)) == .failure(.unresolvedHost))
    }

    @Test("is not given in clear to a server without STARTTLS (security.md 2.44)")
    func downgrade() async throws {
        // It doesn't announce STARTTLS; it announces and refuses it; it lies about going on.
        for reply in [nil, "454 4.7.0 Not now", "220 Go on"] {
            let stub = try SMTPStub { command in
                if command.hasPrefix("EHLO"), reply != nil {
                    return .reply("250-stub\r\n250-STARTTLS\r\n250 AUTH PLAIN")
                }
                return command == "STARTTLS" ? reply.map { .reply($0) } : nil
            }
            let outcome = await outcome(try client(stub.url, startTLS: true))
            if case .success = outcome { Issue.record("\(outcome)") }
            let said = stub.told.commands.map { $0.split(separator: " ").first ?? "" }
            #expect(!said.contains("AUTH") && !said.contains("MAIL"), "\(said)")
            #expect(stub.told.mails.isEmpty)
        }
    }

    @Test("does not go in clear beyond loopback, whatever the operator wrote")
    func clear() async throws {
        #expect(await outcome(try client("smtp://192.0.2.1")) == .failure(.forbiddenDestination))
    }

    @Test("goes by STARTTLS where the authority is trusted, and not otherwise")
    func startTLS() async throws {
        let inside = SMTPDialogue()
        let tls = try TLSServer(name: "IP:127.0.0.1", smtp: inside)
        let stub = try SMTPStub(tlsPort: UInt16(tls.port)) {
            $0.hasPrefix("EHLO") ? .reply("250-stub\r\n250 STARTTLS") : nil
        }
        let strict = await outcome(try client(stub.url, startTLS: true))
        guard case .failure(.untrusted) = strict else {
            Issue.record("\(strict)")
            return
        }
        #expect(inside.told.commands.isEmpty)
        let ca = tls.folder.appending(path: "ca.pem")
        let trusting = await outcome(try client(stub.url, startTLS: true, ca: ca))
        #expect(trusting == .success(.accepted))
        #expect(inside.told.mails.count == 1)
        #expect(!stub.told.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test("goes by TLS from the first byte where the URL says smtps")
    func smtps() async throws {
        let inside = SMTPDialogue()
        let tls = try TLSServer(name: "IP:127.0.0.1", smtp: inside, greets: true)
        let ca = tls.folder.appending(path: "ca.pem")
        let outcome = await outcome(
            try client("smtps://127.0.0.1:\(tls.port)", startTLS: true, ca: ca))
        #expect(outcome == .success(.accepted))
        #expect(inside.told.mails.count == 1)
    }

    @Test(
        "has plain addresses, or is none (security.md 2.44)",
        arguments: [
            "", "a", "a@", "@b.org", "a@b@c.org", "a b@c.org", "a@c.org\r\nRCPT TO:<x@y.org>",
            "a@c.org\n", "a@c.org\0", "a@c.org> SIZE=1", "<a@c.org>", "\"a b\"@c.org",
            "a@[127.0.0.1]", "é@c.org", "a@c.org\u{2028}", "a,b@c.org", "a@c.org;d@e.org",
            String(repeating: "a", count: 250) + "@c.org",
        ])
    func address(_ text: String) {
        #expect(throws: FetchError.self) { try mail(to: text) }
        #expect(throws: FetchError.self) { try SMTPMail(from: text, to: "a@b.org", content: []) }
    }

    @Test(
        "needs a URL of a mail server",
        arguments: [
            "http://127.0.0.1", "smtp:", "127.0.0.1", "smtp://user:pass@127.0.0.1",
            "smtp://127.0.0.1/#a", "file:///etc/passwd", "smtp://127.0.0.1/a b",
        ])
    func url(_ text: String) {
        #expect(throws: FetchError.self) { try SMTPClient(SMTPServer(url: text)) }
    }
}
