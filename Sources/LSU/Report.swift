/// A document of a pupil's school report book.
struct Report: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// 1 to 5 in a school year.
        case periodic(period: Int)
        case endOfCycle
        case attestation(title: String)
    }

    enum State: Sendable, Equatable {
        /// Being written, or unlocked again.
        case draft
        case locked
        /// Brought over from another program, which only finished documents are.
        case imported
    }

    let id: String
    /// The pupil's national number: the key, whatever school or name the pupil has now.
    let ine: String
    let kind: Kind
    /// The level the pupil had then.
    let level: Level
    let schoolYear: SchoolYear
    let school: ReportSchool
    let state: State
    /// `YYYY-MM-DD`
    let issuedOn: CalendarDay

    /// « Bilan périodique 2e période 2016/2017 (CE2) - ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO »
    var title: String {
        "\(shortTitle) \(schoolYear) (\(level.name)) - \(school.fullName)"
    }

    private var shortTitle: String {
        switch kind {
        case .periodic(let period): "Bilan périodique \(period)\(period == 1 ? "re" : "e") période"
        case .endOfCycle: "Bilan de fin de cycle \(level.cycle.rawValue)"
        case .attestation(let title): title
        }
    }

    /// Later documents are greater: by school year, within it by day of issue, then by period.
    static func isNewer(_ one: Report, than other: Report) -> Bool {
        if one.schoolYear != other.schoolYear { return one.schoolYear > other.schoolYear }
        if one.issuedOn != other.issuedOn { return one.issuedOn > other.issuedOn }
        if one.period != other.period { return one.period > other.period }
        return one.id < other.id
    }

    private var period: Int {
        switch kind {
        case .periodic(let period): period
        case .endOfCycle, .attestation: .max
        }
    }
}

struct ReportSchool: Sendable, Hashable {
    enum Sector: String, Sendable { case `public`, `private` }

    /// 7 digits and a letter.
    let uai: String
    /// As parents know it: « E.E.PU-ROGER SALENGRO-ac-LILLE ».
    let name: String
    /// As reports print it: « ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO ».
    let fullName: String
    let sector: Sector
}
