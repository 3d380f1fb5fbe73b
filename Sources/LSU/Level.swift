/// A year of school, in the order pupils go through them.
enum Level: Int, CaseIterable, Sendable {
    case ps, ms, gs, cp, ce1, ce2, cm1, cm2, sixth, fifth, fourth, third

    /// As parents read it: « CE2 », « 6e ».
    var name: String {
        switch self {
        case .ps: "PS"
        case .ms: "MS"
        case .gs: "GS"
        case .cp: "CP"
        case .ce1: "CE1"
        case .ce2: "CE2"
        case .cm1: "CM1"
        case .cm2: "CM2"
        case .sixth: "6e"
        case .fifth: "5e"
        case .fourth: "4e"
        case .third: "3e"
        }
    }

    /// Derived from the level, never from a column "cycle", which older files fill with the meaning
    /// of before 2016 (code de l'éducation, D311-10).
    var cycle: Cycle {
        switch self {
        case .ps, .ms, .gs: .first
        case .cp, .ce1, .ce2: .second
        case .cm1, .cm2, .sixth: .third
        case .fifth, .fourth, .third: .fourth
        }
    }

    /// PS, CP, CM1, 5e.
    var isFirstOfItsCycle: Bool {
        switch self {
        case .ps, .cp, .cm1, .fifth: true
        case .ms, .gs, .ce1, .ce2, .cm2, .sixth, .fourth, .third: false
        }
    }

    /// Reads « CE2 », « 6e », « 6E », « 6EME ». Nil for what is no ordinary level (ULIS, for
    /// instance).
    init?(_ text: String) {
        let upper = text.uppercased()
        let short =
            upper.hasSuffix("EME") || upper.hasSuffix("ÈME")
            ? String(upper.dropLast(3)) + "E" : upper
        guard let level = Self.allCases.first(where: { $0.name.uppercased() == short }) else {
            return nil
        }
        self = level
    }
}

/// Some years of school with common aims.
enum Cycle: Int, Sendable {
    case first = 1
    case second, third, fourth

    /// « Cycle 2 (CP-CE1-CE2) »
    var title: String {
        let levels = Level.allCases.filter { $0.cycle == self }.map(\.name).joined(separator: "-")
        return "Cycle \(rawValue) (\(levels))"
    }

    var previous: Cycle? { Cycle(rawValue: rawValue - 1) }
}

/// A year from September to August: « 2016/2017 ».
struct SchoolYear: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The calendar year of its September.
    let start: Int

    init(start: Int) { self.start = start }

    /// Reads « 2016/2017 ».
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 4 }), let first = Int(parts[0]),
            let second = Int(parts[1]), first >= 2000, second == first + 1
        else { return nil }
        start = first
    }

    var description: String { "\(start)/\(start + 1)" }

    static func < (one: SchoolYear, other: SchoolYear) -> Bool { one.start < other.start }
}
