import Foundation
import Testing

@testable import LSU

/// Builds documents briefly: `report(.cm1, 2017)`.
func report(
    _ level: Level, _ year: Int = 2017, _ kind: Report.Kind = .periodic(period: 1),
    _ state: Report.State = .locked, school: ReportSchool = .first, id: String? = nil,
    issued: String? = nil
) -> Report {
    Report(
        id: id ?? "\(level)-\(year)-\(kind)-\(school.uai)", ine: "180000001AA", kind: kind,
        level: level,
        schoolYear: SchoolYear(start: year), school: school, state: state,
        issuedOn: CalendarDay(issued ?? "\(year)-12-15") ?? CalendarDay(inFranceAt: .distantPast))
}

extension ReportSchool {
    static let first = ReportSchool(
        uai: "0599901S", name: "E.E.PU-ROGER SALENGRO-ac-LILLE",
        fullName: "ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO", sector: .public)
    static let second = ReportSchool(
        uai: "0319901U", name: "Ecole élémentaire Marie Curie", fullName: "ECOLE MARIE CURIE",
        sector: .public)
    static let privateOne = ReportSchool(
        uai: "0319904X", name: "école CHARLEMAGNE", fullName: "ECOLE CHARLEMAGNE", sector: .private)
}

@Suite("A document of the report book")
struct VisibleReportsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let level: Level?
        let report: Report
        let isVisible: Bool

        init(_ story: String, _ level: Level?, _ report: Report, _ isVisible: Bool) {
            testDescription = story
            self.level = level
            self.report = report
            self.isVisible = isVisible
        }
    }

    static let cases: [Case] = [
        Case("J-L-06 of the present cycle", .ce2, report(.cp), true),
        Case("J-L-06 of the present cycle, a level further on", .ce1, report(.ce2), true),
        Case("J-L-07 first year: of the previous cycle", .cm1, report(.ce2), true),
        Case("J-L-07 first year at collège", .fifth, report(.sixth), true),
        Case("J-L-07 second year: not of the previous cycle", .cm2, report(.ce2), false),
        Case("J-L-07 6e is the last year of cycle 3", .sixth, report(.ce2), false),
        Case("J-L-07 6e still sees CM1", .sixth, report(.cm1), true),
        Case("J-L-07 never two cycles back", .fifth, report(.ce2), false),
        Case("repeated CM1 is a first year again", .cm1, report(.cm1, 2016), true),
        Case("repeated CM1 keeps the previous cycle", .cm1, report(.ce1, 2014), true),
        Case("skipped CM1: CM2 is no first year", .cm2, report(.ce2), false),
        Case("skipped CE2: CM1 sees what there is", .cm1, report(.ce1), true),
        Case("moved to CM1 within the year", .cm1, report(.ce2, 2018), true),
        Case("moved down to CE2 within the year", .ce2, report(.cm1, 2018), false),
        Case(
            "school change: the book follows the pupil", .ce2, report(.ce1, school: .second), true),
        Case(
            "J-L-10 not locked, or unlocked again", .ce2,
            report(.ce2, 2017, .periodic(period: 2), .draft), false),
        Case(
            "imported counts as locked", .ce2, report(.ce2, 2017, .periodic(period: 1), .imported),
            true),
        Case(
            "J-L-11 private: imported", .ce2,
            report(.ce2, 2017, .periodic(period: 1), .imported, school: .privateOne), true),
        Case(
            "J-L-11 private: locked there, not imported", .ce2,
            report(.ce2, 2017, .periodic(period: 1), .locked, school: .privateOne), false),
        Case("J-L-08 end of any cycle", .third, report(.ce2, 2010, .endOfCycle), true),
        Case("J-L-08 not locked", .cm1, report(.ce2, 2017, .endOfCycle, .draft), false),
        Case(
            "J-L-09 attestation of any level", .third,
            report(.cp, 2009, .attestation(title: "APER")), true),
        Case(
            "J-L-09 attestation, whatever its state", .cm2,
            report(.cm2, 2017, .attestation(title: "APER"), .draft), true),
        Case("CP shows nothing of nursery school", .cp, report(.gs), false),
        Case("GS has no book yet", .gs, report(.gs), false),
        Case("no level: no periodic report", nil, report(.ce2), false),
        Case("no level: end of cycle", nil, report(.ce2, 2017, .endOfCycle), true),
        Case("no level: attestation", nil, report(.ce2, 2017, .attestation(title: "APER")), true),
    ]

    @Test("is visible or not (J-L-06 to J-L-11)", arguments: cases)
    func visible(_ one: Case) {
        #expect(VisibleReports.isVisible(one.report, level: one.level) == one.isVisible)
    }

    @Test("stands newest first; the same period of two schools stands twice")
    func order() {
        let old = report(.ce1, 2016, .periodic(period: 3), issued: "2017-06-30")
        let first = report(.ce2, 2017, .periodic(period: 1), issued: "2017-12-15")
        let elsewhere = report(
            .ce2, 2017, .periodic(period: 1), school: .second, issued: "2017-12-20")
        let second = report(.ce2, 2017, .periodic(period: 2), issued: "2018-03-30")
        let cycle = report(.ce2, 2017, .endOfCycle, issued: "2018-07-05")
        #expect(
            VisibleReports.of([first, old, cycle, elsewhere, second], level: .ce2)
                == [cycle, second, elsewhere, first, old])
    }

    @Test("is judged in July and August by the level of the year that has ended")
    func summer() throws {
        let reports = [
            report(.ce1, 2016), report(.ce2, 2017), report(.ce2, 2017, .periodic(period: 2)),
        ]
        let july = try #require(CalendarDay("2018-07-20"))
        #expect(VisibleReports.level(stated: nil, reports, on: july) == .ce2)
        #expect(
            VisibleReports.level(stated: nil, reports, on: try #require(CalendarDay("2018-08-31")))
                == .ce2)
        #expect(
            VisibleReports.level(stated: nil, reports, on: try #require(CalendarDay("2018-09-01")))
                == nil)
        #expect(
            VisibleReports.level(stated: nil, reports, on: try #require(CalendarDay("2018-06-30")))
                == nil)
        #expect(
            VisibleReports.level(stated: nil, reports, on: try #require(CalendarDay("2019-07-20")))
                == nil)
        #expect(VisibleReports.level(stated: .cm1, reports, on: july) == .cm1)
    }
}

@Suite("School words")
struct SchoolWordsTests {
    @Test(
        "read each way of writing a level",
        arguments: [
            ("CP", Level.cp), ("cm2", .cm2), ("6e", .sixth), ("6E", .sixth), ("6EME", .sixth),
            ("6ème", .sixth), ("3e", .third), ("GS", .gs),
        ])
    func levels(_ text: String, _ level: Level) {
        #expect(Level(text) == level)
    }

    @Test(
        "know no other level", arguments: ["", "ULIS", "CM3", "2E", "6", "EME", "CYCLE II", "CP "])
    func noLevels(_ text: String) {
        #expect(Level(text) == nil)
    }

    @Test("derive the cycle and its first year from the level")
    func cycles() {
        #expect(Level.allCases.filter(\.isFirstOfItsCycle) == [.ps, .cp, .cm1, .fifth])
        #expect(Level.sixth.cycle == .third)
        #expect(Level.ce2.cycle.title == "Cycle 2 (CP-CE1-CE2)")
        #expect(Level.cm1.cycle.title == "Cycle 3 (CM1-CM2-6e)")
        #expect(Level.third.cycle.title == "Cycle 4 (5e-4e-3e)")
        #expect(Cycle.first.previous == nil)
    }

    @Test("read a school year and nothing else")
    func years() {
        #expect(SchoolYear("2016/2017")?.description == "2016/2017")
        for text in [
            "2016", "2016/2018", "2017/2016", "16/17", "2016-2017", "2016/2017/", "+216/0217",
        ] {
            #expect(SchoolYear(text) == nil, "\(text)")
        }
    }

    @Test("read a day, also as France has it at that moment")
    func days() throws {
        for text in [
            "2018-02-29", "2018-13-01", "2018-00-10", "2018-04-31", "2018-1-01", "18-01-01",
            "2018/01/01",
        ] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
        #expect(CalendarDay("2020-02-29")?.french == "29/02/2020")
        for (seconds, text) in [
            (0.0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_530_396_000, "2018-06-30"),
            (1_530_399_600, "2018-07-01"), (-3601, "1969-12-31"),
        ] {
            #expect(
                CalendarDay(inFranceAt: Date(timeIntervalSince1970: seconds)) == CalendarDay(text))
        }
        for text in ["1970-01-01", "2000-02-29", "2017-03-31", "2026-12-31"] {
            let day = try #require(CalendarDay(text))
            #expect(CalendarDay(inFranceAt: day.date) == day)
        }
    }
}
