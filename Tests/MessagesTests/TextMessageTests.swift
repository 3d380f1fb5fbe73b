import Messages
import Testing

@Suite("An SMS")
struct TextMessageTests {
    private func segments(_ text: String) throws -> (isGSM7: Bool, segments: Int) {
        let message = TextMessage(number: try #require(PhoneNumber("+33639980001")), text: text)
        return (message.isGSM7, message.segments)
    }

    @Test("stays in the short alphabet with the accents that it has")
    func accents() throws {
        let code = "EduConnect : votre code d'activation est 123456. Il est valable 30 minutes."
        #expect(try segments(code) == (true, 1))
        #expect(try segments("é è à ù ì ò Ç ñ €").isGSM7)
        for text in ["ê", "ç", "ô", "î", "œ", "’", "\u{A0}", "«"] {
            #expect(try !segments(text).isGSM7, "\(text)")
        }
    }

    @Test(
        "counts its segments",
        arguments: [
            ("", 1), (String(repeating: "a", count: 160), 1),
            (String(repeating: "a", count: 161), 2), (String(repeating: "a", count: 306), 2),
            (String(repeating: "a", count: 307), 3), (String(repeating: "€", count: 80), 1),
            // An escaped character is not torn: 76 of them a part, not 76 and a half.
            (String(repeating: "€", count: 152), 2), (String(repeating: "€", count: 153), 3),
            (String(repeating: "ê", count: 70), 1), (String(repeating: "ê", count: 71), 2),
            (String(repeating: "ê", count: 134), 2), (String(repeating: "ê", count: 135), 3),
            (String(repeating: "😀", count: 35), 1), (String(repeating: "😀", count: 36), 2),
            (String(repeating: "😀", count: 67), 3),
        ])
    func count(_ text: String, _ expected: Int) throws {
        #expect(try segments(text).segments == expected)
    }
}

@Suite("A telephone number")
struct PhoneNumberTests {
    @Test(
        "is in international form or none",
        arguments: [
            "0639980001", "33639980001", "+0639980001", "+33 639980001", "+3363998000a", "+",
            "+1234567", "+1234567890123456", "+33639980001\n", "++33639980001", "+33639980001&x=1",
            "+٣٣٦٣٩٩٨٠٠٠١",
        ])
    func malformed(_ text: String) { #expect(PhoneNumber(text) == nil) }

    @Test(
        "gets SMS where it is a French mobile (security.md 2.40)",
        arguments: [
            "+33639980001", "+337" + String(repeating: "0", count: 8), "+590690000000",
            "+590691000000", "+594694000000",
            "+596696000000", "+596697000000", "+262692000000", "+262693000000", "+262639000000",
        ])
    func mobile(_ text: String) throws { #expect(try #require(PhoneNumber(text)).isFrenchMobile) }

    @Test(
        "gets none where it is a landline, abroad, too short or of no network",
        arguments: [
            "+33140000000", "+33800000000", "+33990000000", "+3363998000", "+336399800011",
            "+590590000000", "+262262000000", "+447700900000", "+12025550100", "+999639980001",
            "+99933639980001", "+882161234567",
        ])
    func other(_ text: String) throws { #expect(try !#require(PhoneNumber(text)).isFrenchMobile) }
}
