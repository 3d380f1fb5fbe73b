import Flow
import Testing

@Suite("An e-mail address as it is typed")
struct MailAddressEntryTests {
    @Test(
        "keeps its writing",
        arguments: [
            "valery.durant@example.org", "V.Durant+ecole@Example.ORG", "o'neil@sub.example.org",
            "a@b.fr", "x_y-z=1@ex-ample.org", "1@2.example", "!#$%&'*+-/=?^_`{|}~@example.org",
            "jean@xn--cole-9oa.example", String(repeating: "a", count: 64) + "@example.org",
        ])
    func accepted(_ typed: String) throws {
        #expect(try MailAddressEntry(typed).text == typed)
        #expect(try MailAddressEntry("  \(typed) ").text == typed)
    }

    @Test(
        "is refused where a mail program could read it as more, or as less",
        arguments: [
            "valery", "@example.org", "valery@", "a@b@example.org", "a b@example.org",
            "a@exam ple.org", ".a@example.org", "a.@example.org", "a..b@example.org",
            "\"a b\"@example.org", "a@example", "a@example.org.", "a@.example.org",
            "a@example..org",
            "a@-example.org", "a@example-.org", "a@192.0.2.1", "a@[192.0.2.1]", "a@example.123",
            "a@exa_mple.org", "a@example.org\r\nBcc: b@example.org", "a\u{0}@example.org",
            "a@example.org\n", "a@example.org\t", "a(b)@example.org", "A <a@example.org>",
            "a@example.org,b@example.org", "a;b@example.org", "a:b@example.org", "a\\b@example.org",
            "valéry@example.org", "a@école.example", "a＠example.org", "a@ｅxample.org",
            "a@example.org\u{301}", "mailto:a@example.org?cc=b@example.org",
            String(repeating: "a", count: 65) + "@example.org",
            "a@" + String(repeating: "b", count: 64) + ".org",
            "a@" + String(repeating: "b.", count: 126) + "org",
        ])
    func refused(_ typed: String) {
        #expect(throws: MailAddressEntry.EntryError.malformed) { try MailAddressEntry(typed) }
    }

    @Test("is missing where nothing is typed", arguments: ["", "   "])
    func empty(_ typed: String) {
        #expect(throws: MailAddressEntry.EntryError.empty) { try MailAddressEntry(typed) }
    }

    @Test("has 254 bytes at most")
    func longest() throws {
        let host = [63, 63, 58].map { String(repeating: "b", count: $0) }.joined(separator: ".")
        let local = String(repeating: "a", count: 64)
        #expect(throws: Never.self) { try MailAddressEntry("\(local)@\(host).fr") }
        #expect(throws: MailAddressEntry.EntryError.malformed) {
            try MailAddressEntry("\(local)@\(host).org")
        }
    }

    @Test("is the same with its host in capitals, and another with its local part in capitals")
    func equality() throws {
        let address = try MailAddressEntry("v.durant@example.org")
        #expect(try address == MailAddressEntry("v.durant@EXAMPLE.org"))
        #expect(try Set([address]).contains(MailAddressEntry("v.durant@Example.ORG")))
        #expect(try address != MailAddressEntry("V.durant@example.org"))
    }

    @Test(
        "is masked to its first character and its last label (J-F-08)",
        arguments: [
            ("m.durant@example.fr", "m...fr"), ("m@mail.example.com", "m...com"),
        ])
    func masked(_ typed: String, _ masked: String) throws {
        #expect(try MailAddressEntry(typed).masked == masked)
    }
}
