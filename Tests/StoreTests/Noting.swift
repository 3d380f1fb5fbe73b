@testable import Store

/// A connection that notes the statements which operations run over it: to count them, or to ask for
/// their plans.
final class Noting: SQLConnection {
    private let inner: any SQLConnection
    /// The text of each statement with the values that it had last.
    private(set) var ran: [String: [SQLValue]] = [:]
    /// How often any was run.
    private(set) var count = 0

    init(_ inner: any SQLConnection) {
        self.inner = inner
    }

    func run(
        _ statement: SQLStatement, _ values: [SQLValue], _ each: (any SQLRow) throws -> Void
    ) throws {
        note(statement, values)
        try inner.run(statement, values, each)
    }

    func change(_ statement: SQLStatement, _ values: [SQLValue]) throws -> Int {
        note(statement, values)
        return try inner.change(statement, values)
    }

    func execute(_ text: String) throws { try inner.execute(text) }

    private func note(_ statement: SQLStatement, _ values: [SQLValue]) {
        ran[statement.text] = values
        count += 1
    }
}
