import FoundationEssentials
import Parents
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The configuration of the provider")
struct ConfigurationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func load(
        _ text: String, _ environment: [String: String] = [:]
    ) throws -> Configuration {
        let folder = try TemporaryFolder("configuration")
        defer { folder.remove() }
        let file = folder.path + "/educonnect.json"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try Configuration.load(file: file, environment: environment)
    }

    /// The members that docs/configuration.md lists, one or more a row.
    private func documented(ofUpstreams: Bool = false) throws -> Set<String> {
        let file = Self.root.appending(path: "docs/configuration.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let parts = text.split(separator: "## Upstreams")
        let part = try #require(ofUpstreams ? parts.last : parts.first)
        try #require(parts.count == 2)
        let names = part.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
            row.split(separator: "|")[0].split(separator: "`").filter { $0.contains(/^\w/) }
        }
        return Set(names.map(String.init))
    }

    @Test("has a document that lists its members, all of them and no others")
    func document() throws {
        #expect(
            try documented()
                == read(
                    in: "Configuration.swift", "Configuration+Messages.swift",
                    "../Parents/Help/SupportContact.swift"))
        #expect(try documented(ofUpstreams: true) == read(in: "UpstreamConfiguration.swift"))
    }

    @Test("has a document that lists the topics of the help, which operators write")
    func topics() throws {
        let file = Self.root.appending(path: "docs/configuration.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let list = try #require(text.firstMatch(of: /The topics are ([^;]*);/)?.output.1)
        #expect(
            list.matches(of: /`([^`]*)`/).map { String($0.output.1) }
                == HelpTopic.allCases.map(\.rawValue))
    }

    /// The members that the sources ask for.
    private func read(in names: String...) throws -> Set<String> {
        let source = try names.map { name in
            let file = Self.root.appending(path: "Sources/IdP/" + name)
            return String(decoding: try Data(contentsOf: file), as: UTF8.self)
        }.joined()
        let pattern = /reader\.(string|strings|integer|bool|choice|path|secret)\(\s*"([\w.]+)"/
        let read = source.matches(of: pattern).flatMap { match in
            match.1 == "secret"
                ? [String(match.2) + "File", String(match.2) + "Env"] : [String(match.2)]
        }
        #expect(Set(read).count > 10)
        return Set(read)
    }

    @Test("takes the national address where it names no public address of its own (J-G-10)")
    func publicAddress() throws {
        #expect(try load("{}").issuer.text == "https://educonnect.education.gouv.fr")
        #expect(try load("{}").isSecure)
        let own = try load(#"{"issuer": "https://educonnect.example.org"}"#)
        #expect(own.issuer.text == "https://educonnect.example.org")
        #expect(throws: Configuration.Invalid.self) { try load(#"{"issuer": ""}"#) }
    }

    @Test("knows each member that its document lists")
    func known() throws {
        for name in try documented() where name != "issuer" {
            let variable =
                "EDUCONNECT_"
                + name.split(separator: ".").map { part in
                    part.reduce(into: "") { $0 += ($1.isUppercase ? "_" : "") + $1.uppercased() }
                }.joined(separator: "__")
            do {
                _ = try load(#"{"issuer": "http://localhost:8080"}"#, [variable: "?"])
            } catch let invalid as Configuration.Invalid {
                #expect(!invalid.problems.contains { $0.contains("is not a setting") }, "\(name)")
            }
        }
    }

    @Test("shows none of its secrets to whoever prints or dumps it (SR-33)")
    func dumped() throws {
        let secrets = [
            "SMTP": "canary-of-mail", "SMS": "canary-of-sms", "STORE": "dbname=canary-of-store",
        ]
        for gateway in [
            #""kannel": "https://sms.example.org/s", "user": "u", "passwordEnv": "SMS""#,
            #""json": "https://sms.example.org/s", "tokenEnv": "SMS""#,
        ] {
            let configuration = try load(
                """
                {"issuer": "https://educonnect.example.org",
                 "store": {"postgresqlEnv": "STORE"},
                 "mail": {"smtp": "smtp://mail.example.org", "from": "noreply@example.org",
                          "user": "u", "passwordEnv": "SMTP"},
                 "sms": {\(gateway)}}
                """, secrets)
            let (transports, _) = try configuration.messages.transports()
            for value in [configuration, transports] as [Any] {
                var text = "\(value)" + String(reflecting: value)
                dump(value, to: &text)
                #expect(text.contains("example.org") && !text.contains("canary"))
            }
        }
    }

    @Test("lists all that is wrong with it at once")
    func problems() throws {
        #expect {
            try load(#"{"issuer": "http://example.org", "listen": {"port": -1}, "lisen": {}}"#)
        } throws: { error in
            (error as? Configuration.Invalid)?.problems.count == 3
        }
    }
}
