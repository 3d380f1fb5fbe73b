import Flow
import Testing

@Suite("A birth date as it is typed")
struct BirthDateEntryTests {
    @Test(
        "is read in French order, or as a date field sends it (J-F-12, J-B-19)",
        arguments: [
            "03/10/2010", "3/10/2010", "03-10-2010", "3.10.2010", "03 10 2010", " 3 / 10 / 2010 ",
            "03/10-2010", "03102010", "2010-10-03", "2010-10-3", "2010/10/03",
            "03\u{A0}10\u{A0}2010",
        ])
    func accepted(_ typed: String) throws {
        let entry = try BirthDateEntry(typed)
        #expect([entry.year, entry.month, entry.day] == [2010, 10, 3])
        #expect(entry.matches("2010-10-03"))
        for other in ["2010-03-10", "2010-10-04", "2010-11-03", "2011-10-03"] {
            #expect(!entry.matches(other))
        }
    }

    @Test("has the day first: 01/02/2016 is 1 February")
    func order() throws {
        #expect(try BirthDateEntry("01/02/2016").matches("2016-02-01"))
        #expect(try !BirthDateEntry("01/02/2016").matches("2016-01-02"))
    }

    @Test(
        "is refused where the calendar has no such day",
        arguments: [
            "31/02/2012", "30/02/2012", "29/02/2011", "29/02/1900", "31/04/2010", "32/01/2010",
            "01/13/2010", "10/2010", "2010", "03/10/10", "003/10/2010", "3/10/20100",
            "03/10/2010/1",
            "3 octobre 2010", "03/10/0000", "03/10/1899", "03/10/2100", "20101003", "-3/10/2010x",
            "+3/10/2010", "٠٣/١٠/٢٠١٠", "０３/10/2010", "03/10/2010\n04", "03102010 1",
            String(repeating: "0", count: 100),
        ])
    func impossible(_ typed: String) {
        #expect(throws: BirthDateEntry.EntryError.notADate) { try BirthDateEntry(typed) }
    }

    @Test("knows leap days")
    func leapDay() throws {
        #expect(try BirthDateEntry("29/02/2012").matches("2012-02-29"))
        #expect(try BirthDateEntry("29/02/2000").matches("2000-02-29"))
    }

    @Test("is missing where nothing is typed", arguments: ["", " ", "//"])
    func empty(_ typed: String) {
        #expect(throws: BirthDateEntry.EntryError.empty) { try BirthDateEntry(typed) }
    }

    @Test("comes of three lists too (J-C-22)")
    func lists() throws {
        #expect(try BirthDateEntry(day: "3", month: "10", year: "2010").matches("2010-10-03"))
        #expect(throws: BirthDateEntry.EntryError.empty) {
            try BirthDateEntry(day: "3", month: "", year: "2010")
        }
        #expect(throws: BirthDateEntry.EntryError.notADate) {
            try BirthDateEntry(day: "31", month: "4", year: "2010")
        }
    }

    /// (typed, stored, whether they agree)
    @Test(
        "agrees with what the directory doesn't know, and guesses nothing else (domain.md §2.3)",
        arguments: [
            ("12/05/2010", "2010-05-00", true), ("12/05/2010", "2010-00-00", true),
            ("12/05/2010", "2010-06-00", false), ("12/05/2011", "2010-00-00", false),
            ("01/01/2010", "2010-00-00", true), ("01/01/2010", "2010-01-01", true),
            // Presumed: papers without day and month.
            ("00/00/2010", "2010-01-01", true), ("00/01/2010", "2010-01-01", true),
            ("00/00/2010", "2010-00-00", true), ("00/05/2010", "2010-05-00", true),
            // A wildcard is nobody's to type.
            ("00/00/2010", "2010-10-03", false), ("00/10/2010", "2010-10-03", false),
            ("03/00/2010", "2010-10-03", false), ("00/00/2010", "2010-01-02", false),
            // A child born on 1 January is not born on any day of the year.
            ("12/05/2010", "2010-01-01", false),
            // Not a date of the directory.
            ("03/10/2010", "", false), ("03/10/2010", "03/10/2010", false),
            ("03/10/2010", "2010-10-03T00:00", false), ("03/10/2010", "2010-10-3", false),
        ])
    func unknownParts(_ typed: String, _ stored: String, _ agrees: Bool) throws {
        #expect(try BirthDateEntry(typed).matches(stored) == agrees)
    }
}
