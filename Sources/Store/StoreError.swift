/// Why the store could not do what was asked. Equal by case; the details are for logs only.
public enum StoreError: Error, Sendable {
    /// Too many requests wait, the database is locked, or a body took longer than its bound.
    /// Nothing was written.
    case busy(detail: String)
    /// The database can't be reached, or refuses to write (a full disk). Nothing was written.
    case unavailable(detail: String)
    /// What the change was decided on is no longer so: another revision, or an identifier already
    /// taken.
    case conflict(detail: String)
    /// The commit itself failed: the change may have been written or not.
    case unknownOutcome(detail: String)
    /// What is named does not exist.
    case notFound(detail: String)
    /// The database holds something that it can't hold.
    case corrupt(detail: String)
    /// A setting under which an acknowledged write could be lost; the store refuses to open.
    case unsafeSettings(detail: String)
    /// The schema is newer than this program, or an applied migration was changed.
    case unsupportedSchema(detail: String)
    /// A value that breaks a rule of the schema or of the operation; a mistake of the caller.
    case invalid(detail: String)

    /// For the log, never for an answer.
    public var detail: String {
        switch self {
        case .busy(let detail), .unavailable(let detail), .conflict(let detail),
            .unknownOutcome(let detail),
            .notFound(let detail), .corrupt(let detail), .unsafeSettings(let detail),
            .unsupportedSchema(let detail), .invalid(let detail):
            detail
        }
    }

    private var kind: Int {
        switch self {
        case .busy: 0
        case .unavailable: 1
        case .conflict: 2
        case .unknownOutcome: 3
        case .notFound: 4
        case .corrupt: 5
        case .unsafeSettings: 6
        case .unsupportedSchema: 7
        case .invalid: 8
        }
    }
}

extension StoreError: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
}
