import Foundation
import LoopbackSupport
import Outgoing
import Testing

@testable import Messages

@Suite("A mail")
struct MailTests {
    private func rendered(
        to: String = "valery.durant@example.org", subject: String = "Sujet", text: String = "Texte",
        html: String = "<p>Texte</p>", name: String = MailSender.defaultName
    ) throws -> String {
        let sender = MailSender(
            name: name, address: try #require(MailAddress("noreply-educonnect@example.org")))
        let consignment = try #require(
            Consignment(
                id: "0123456789abcdef", date: Date(timeIntervalSince1970: 784_111_777)))
        let mail = Mail(
            to: try #require(MailAddress(to)), subject: subject, text: text, html: html)
        return String(
            decoding: MailEncoding.render(mail, from: sender, consignment), as: UTF8.self)
    }

    @Test("is a message of two parts from the administrator (J-K-01)")
    func whole() throws {
        let expected = """
            Date: Sun, 06 Nov 1994 08:49:37 +0000
            From: Administrateur des services en ligne
             <noreply-educonnect@example.org>
            To: <valery.durant@example.org>
            Message-ID: <0123456789abcdef@example.org>
            Subject: =?utf-8?q?Services_en_ligne_de_l=27=C3=A9ducation_nationale_?=
             =?utf-8?q?=E2=80=93_activation_de_votre_compte?=
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="=_0123456789abcdef"

            --=_0123456789abcdef
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Bonjour,=20

            =C3=A9t=C3=A9 1=3D1

            --=_0123456789abcdef
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p>Bonjour</p>

            --=_0123456789abcdef--

            """
        let mail = try rendered(
            subject: "Services en ligne de l'éducation nationale – activation de votre compte",
            text: "Bonjour, \n\nété 1=1", html: "<p>Bonjour</p>")
        #expect(mail == expected.replacing("\n", with: "\r\n"))
    }

    @Test(
        "has nothing in its headers that was not meant to be there (security.md 2.44)",
        arguments: [
            "a\r\nBcc: x@example.org", "a\nBcc: x", "a\rBcc: x", "a\u{2028}Bcc: x",
            "a\u{2029}Bcc: x", "a\u{85}Bcc: x", "a\u{B}Bcc: x", "a\0Bcc: x", "a%0d%0aBcc: x",
            "=?utf-8?q?=0D=0ABcc:_x?=", "\u{202E}txt", "a\r\n\r\n<script>", "\r\n",
            String(repeating: "é", count: 5000), String(repeating: "a", count: 5000),
        ])
    func injection(_ hostile: String) throws {
        let mail = try rendered(subject: hostile, name: hostile)
        let head = mail.components(separatedBy: "\r\n\r\n")[0]
        var names: [String] = []
        for line in head.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 78 && line.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            if !line.hasPrefix(" "), let colon = line.firstIndex(of: ":") {
                names.append(String(line[..<colon]))
            }
        }
        #expect(
            names == [
                "Date", "From", "To", "Message-ID", "Subject", "Auto-Submitted", "MIME-Version",
                "Content-Type",
            ])
    }

    @Test("keeps its text, whatever is in it, within lines of 76 characters")
    func quotedPrintable() throws {
        let texts = [
            "", "a", "a ", "a\t\nb", "a\r\nb\rc\nd", String(repeating: "é", count: 200),
            String(repeating: "x", count: 75), String(repeating: "x", count: 76), ".\n..\nFrom x",
            "--=_0123456789abcdef--\n", "https://educonnect.example.org/a?code=b&c=d",
        ]
        for text in texts {
            var output: [UInt8] = []
            QuotedPrintable.append(text, to: &output)
            let encoded = String(decoding: output, as: UTF8.self)
            for line in encoded.components(separatedBy: "\r\n") {
                #expect(line.utf8.count <= 76)
                #expect(!line.hasSuffix(" ") && !line.hasSuffix("\t"))
                #expect(!line.hasPrefix("--=_"))
            }
            let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
            #expect(Self.decoded(encoded) == (lines.hasSuffix("\n") ? lines : lines + "\n"))
        }
    }

    private static func decoded(_ text: String) -> String {
        let bytes = Array(text.replacing("=\r\n", with: "").replacing("\r\n", with: "\n").utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "="), index + 2 < bytes.count {
                let digits = String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self)
                decoded.append(UInt8(digits, radix: 16) ?? 0)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    @Test(
        "goes to a plain address",
        arguments: [
            "valery1.durant@example.org", "a+b@sub.example.org", "O'Brien@xn--cole-9oa.example.org",
            "V.Durant+ecole@Example.ORG", "x_y-z=1@ex-ample.org", "1@2.example",
            "#$&'*+-/=?^_`{|}~@example.org", String(repeating: "a", count: 64) + "@example.org",
        ])
    func address(_ text: String) {
        #expect(MailAddress(text)?.text == text)
        #expect(MailAddress(typed: "  \(text) ")?.text == text)
    }

    @Test("goes to one mailbox whatever its host is capitalised, to another by its local part")
    func equality() throws {
        let address = try #require(MailAddress("v.durant@example.org"))
        #expect(address == MailAddress("v.durant@EXAMPLE.org"))
        #expect(address != MailAddress("V.durant@example.org"))
    }

    @Test("shows an address by its first character and its last label alone (J-F-08)")
    func masked() {
        #expect(MailAddress("m.durant@example.fr")?.masked == "m...fr")
        #expect(MailAddress("m@mail.example.com")?.masked == "m...com")
    }

    @Test(
        "goes to no other (security.md 2.44)",
        arguments: [
            "", "a", "a@b", "@example.org", "a@", "a@@example.org", "a@b@example.org",
            "a@example.org\r\nBcc: x@example.org", "a\n@example.org", "a@example.org\u{2028}",
            "a%0d%0ab@example.org", "a%b@example.org", "host!a@example.org", "\"a b\"@example.org",
            "Valéry <a@example.org>", "a@example.org, b@example.org", ".a@example.org",
            "a.@example.org", "a..b@example.org", "é@example.org", "a@exämple.org",
            "a@[127.0.0.1]", "a@127.0.0.1", "a@-example.org", "a@example-.org", "a@example..org",
            "a@example.org.", "a@example.123", "a@exa_mple.org", "a＠example.org", "a b@example.org",
            "a@exam ple.org", "a@example.org\0",
            String(repeating: "a", count: 65) + "@example.org",
            "a@" + String(repeating: "b", count: 64) + ".org",
            "a@" + String(repeating: "b.", count: 126) + "org",
        ])
    func noAddress(_ text: String) { #expect(MailAddress(text) == nil) }

    @Test("is told apart by what the mail server says")
    func outcomes() async throws {
        let cases: [(SMTPDialogue.Script, DeliveryOutcome)] = [
            ({ _ in nil }, .accepted),
            (
                { $0.hasPrefix("RCPT") ? .reply("550 5.1.1 <v@example.org> unknown") : nil },
                .refused("smtp 550")
            ),
            ({ $0 == "." ? .reply("452 4.3.1 full") : nil }, .later("smtp 452")),
            (
                { $0.hasPrefix("AUTH") ? .reply("535 5.7.8 no") : nil },
                .later("smtp 535, the user or password is wrong")
            ),
        ]
        for (script, expected) in cases {
            let stub = try SMTPStub(script)
            let server = SMTPServer(
                url: stub.url, startTLS: false,
                credentials: SMTPServer.Credentials(user: "u", password: HiddenText("p")))
            let mailer = Mailer(
                try SMTPClient(server),
                from: MailSender(address: try #require(MailAddress("noreply@example.org"))))
            let mail = Mail(
                to: try #require(MailAddress("v@example.org")), subject: "s", text: "t", html: "h")
            let consignment = try #require(
                Consignment(id: "a1", date: Date(timeIntervalSince1970: 0)))
            #expect(await mailer.send(mail, consignment) == expected)
        }
    }
}
