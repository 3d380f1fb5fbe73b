import FoundationEssentials
import Serving
import Tokens

/// All documents that this teleservice holds, by pupil. Read once at start from a JSON file.
struct ReportCatalogue: Sendable {
    /// Larger files are refused: they belong into a database.
    static let fileBytesMax = 64 * 1024 * 1024

    private let byPupil: [String: [Report]]
    private let byID: [String: Report]
    let schools: [String: ReportSchool]

    static let empty = ReportCatalogue([], schools: [])

    init(_ reports: [Report], schools: [ReportSchool]) {
        byPupil = Dictionary(grouping: reports, by: \.ine)
        byID = Dictionary(reports.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.schools = Dictionary(
            schools.map { ($0.uai, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func reports(of ine: String) -> [Report] { byPupil[ine] ?? [] }

    func report(_ id: String) -> Report? { byID[id] }

    /// Reads the file's text. Every error is listed, with its path.
    init(parsing bytes: [UInt8]) throws(ConfigurationErrors) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: JSON.Limits(byteCount: Self.fileBytesMax))
        } catch {
            throw ConfigurationErrors(["not JSON: \(error.code) \(error.detail)"])
        }
        let reader = ObjectReader(json)
        var schools: [String: ReportSchool] = [:]
        for school in reader.objects("schools") {
            guard let read = Self.school(school) else { continue }
            if schools.updateValue(read, forKey: read.uai) != nil {
                school.refuse("uai", "comes twice")
            }
        }
        var reports: [Report] = []
        var ids: Set<String> = []
        for object in reader.objects("reports") {
            guard let report = Self.report(object, schools) else { continue }
            if !ids.insert(report.id).inserted { object.refuse("id", "comes twice") }
            reports.append(report)
        }
        try reader.finish()
        self.init(reports, schools: Array(schools.values))
    }

    private static func school(_ reader: ObjectReader) -> ReportSchool? {
        let uai = reader.string("uai")
        let name = reader.string("name")
        let fullName = reader.string("full_name")
        let sector = reader.choice("sector", ReportSchool.Sector.init(rawValue:))
        reader.refuseUnknown()
        guard let uai, let name, let fullName, let sector else { return nil }
        return ReportSchool(uai: uai, name: name, fullName: fullName, sector: sector)
    }

    private static func report(
        _ reader: ObjectReader, _ schools: [String: ReportSchool]
    ) -> Report? {
        let id = reader.choice("id") { isIdentifier($0) ? $0 : nil }
        let ine = reader.choice("ine") { isINE($0) ? $0 : nil }
        let level = reader.choice("level", Level.init)
        let year = reader.choice("school_year", SchoolYear.init)
        let school = reader.choice("uai") { schools[$0] }
        let issuedOn = reader.choice("issued_on") { CalendarDay($0) }
        let state = reader.choice("state") { text -> Report.State? in
            ["draft": .draft, "locked": .locked, "imported": .imported][text]
        }
        let kind = reader.choice("kind") { text -> Report.Kind? in
            switch text {
            case "periodic": reader.integer("period", in: 1...5).map { .periodic(period: $0) }
            case "end_of_cycle": .endOfCycle
            case "attestation": reader.string("title").map { .attestation(title: $0) }
            default: nil
            }
        }
        reader.refuseUnknown()
        guard let id, let ine, let level, let year, let school, let issuedOn, let state, let kind
        else { return nil }
        return Report(
            id: id, ine: ine, kind: kind, level: level, schoolYear: year, school: school,
            state: state, issuedOn: issuedOn)
    }

    /// It stands in URLs and file names.
    private static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Nine digits and two letters (RNIE), or ten digits and one (BEA): shape only.
    static func isINE(_ text: String) -> Bool {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }.count
        let rest = text.utf8.dropFirst(digits)
        return text.utf8.count == 11 && (9...10).contains(digits)
            && rest.allSatisfy { (0x41...0x5A).contains($0) }
    }
}
