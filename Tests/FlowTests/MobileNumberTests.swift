import Flow
import Testing

@Suite("A mobile number as it is typed")
struct MobileNumberTests {
    /// `06 39 98 …` can be a number of mainland France and one of Mayotte.
    static let both = ["+33639980001", "+262639980001"]

    @Test(
        "is read in every usual writing (J-B-05)",
        arguments: [
            "0639980001", "06 39 98 00 01", "06.39.98.00.01", "06-39-98-00-01", "06/39/98/00/01",
            " 06\u{A0}39\u{202F}98 00 01 ", "06 39980001", "(06) 39 98 00 01",
            "\u{202A}06 39 98 00 01\u{202C}", "06\u{2011}39\u{2011}98\u{2011}00\u{2011}01",
        ])
    func national(_ typed: String) throws {
        #expect(try MobileNumber.candidates(for: typed).map(\.e164) == Self.both)
    }

    @Test(
        "is one number with a country code",
        arguments: [
            ("+33639980001", "+33639980001"), ("+33 6 39 98 00 01", "+33639980001"),
            ("+33 (0)6 39 98 00 01", "+33639980001"), ("+33 06 39 98 00 01", "+33639980001"),
            ("(+33) 6.39.98.00.01", "+33639980001"), ("0033 6 39 98 00 01", "+33639980001"),
            ("0033 (0)6 39 98 00 01", "+33639980001"), ("+262 639 98 00 01", "+262639980001"),
            ("00262 (0)639 98 00 01", "+262639980001"),
        ])
    func international(_ typed: String, _ number: String) throws {
        #expect(try MobileNumber.candidates(for: typed).map(\.e164) == [number])
    }

    /// The ranges of the overseas departments, each with the same five fictional digits after it.
    @Test(
        "belongs to the department of its first digits, even behind +33",
        arguments: [
            ("690", "590"), ("691", "590"), ("694", "594"), ("696", "596"), ("697", "596"),
            ("692", "262"), ("693", "262"),
        ])
    func overseas(_ block: String, _ code: String) throws {
        let number = "+" + code + block + "980001"
        for writing in ["0" + block, "+" + code + block, "+33" + block, "00\(code) (0)" + block] {
            #expect(
                try MobileNumber.candidates(for: writing + " 98 00 01").map(\.e164) == [number])
        }
        #expect(MobileNumber(e164: number)?.e164 == number)
    }

    @Test(
        "is no other number",
        arguments: [
            // Landlines and services.
            "01 39 98 00 01", "0939980001", "08 00 00 00 01", "+33139980001",
            "+32 470 00 00 01", "+44 7700 900001", "+41639980001", "0044 7700 900001",
            "+508 55 00 01",
            // Not of that department.
            "+262 262 98 00 01", "+590 694 98 00 01", "+594639980001",
            "06 39 98 00 0", "06 39 98 00 011", "0639980001x", "six", "639980001", "+", "00", "+33",
            "06+39980001", "++33639980001", "+33+639980001", "06,39,98,00,01", "06 39 98 00 01\n",
            "٠٦٣٩٩٨٠٠٠١", "０６３９９８０００１", "0６39980001", "O639980001", "06 39 98 00 0\u{661}",
            "0639980001\u{301}", "+33 (00)6 39 98 00 01", String(repeating: "0639980001", count: 7),
            String(repeating: " ", count: 100),
        ])
    func refused(_ typed: String) {
        #expect(throws: MobileNumber.EntryError.notAMobileNumber) {
            try MobileNumber.candidates(for: typed)
        }
    }

    @Test("is missing where nothing is typed", arguments: ["", " ", "\u{A0}", "-"])
    func empty(_ typed: String) {
        #expect(throws: MobileNumber.EntryError.empty) { try MobileNumber.candidates(for: typed) }
    }

    @Test("shows its first and last two digits to whoever does not know it (SIGN-3)")
    func masked() throws {
        let numbers = try MobileNumber.candidates(for: "06 39 98 00 06")
        #expect(numbers.map(\.masked) == ["06 ** ** ** 06", "06 ** ** ** 06"])
    }

    @Test(
        "is read from the directory in one form alone",
        arguments: [
            "0639980001", "+33 639980001", "+330639980001", "33639980001", "+33" + "690980001", "",
        ])
    func directory(_ text: String) {
        #expect(MobileNumber(e164: text) == nil)
    }
}
