/// Which documents of a pupil the parents may read.
///
/// Source: « Accéder au télé-service LSU » (J-L-06 to J-L-11), as a predicate in domain.md §4.6.
enum VisibleReports {
    /// The visible ones, newest first.
    ///
    /// - Parameters:
    ///   - reports: all documents of one pupil, of any school.
    ///   - level: the pupil's present level; nil for one who has none (ULIS, instruction at home).
    static func of(_ reports: [Report], level: Level?) -> [Report] {
        reports.filter { isVisible($0, level: level) }.sorted(by: Report.isNewer)
    }

    static func isVisible(_ report: Report, level: Level?) -> Bool {
        switch report.kind {
        case .attestation:
            return true
        case .endOfCycle:
            return isPublished(report)
        case .periodic:
            guard let level, isPublished(report) else { return false }
            // The school report book begins with cycle 2: nothing of nursery school is in it.
            guard report.level.cycle != .first else { return false }
            return report.level.cycle == level.cycle
                || level.isFirstOfItsCycle && report.level.cycle == level.cycle.previous
        }
    }

    private static func isPublished(_ report: Report) -> Bool {
        switch (report.state, report.school.sector) {
        case (.imported, _): true
        case (.locked, .public): true
        // « Dans le privé : les bulletins doivent être importés pour être visibles » (J-L-11).
        case (.locked, .private): false
        case (.draft, _): false
        }
    }

    /// The level to judge by: the one the directory states, or, between the end of a school year
    /// and the admission to the next (July and August), the one of that year's documents.
    static func level(stated: Level?, _ reports: [Report], on today: CalendarDay) -> Level? {
        if let stated { return stated }
        guard (7...8).contains(today.month) else { return nil }
        let justEnded = SchoolYear(start: today.year - 1)
        return reports.filter { $0.schoolYear == justEnded }.max { Report.isNewer($1, than: $0) }?
            .level
    }
}
