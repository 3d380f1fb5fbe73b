import FoundationEssentials
import Glibc
import Store
import TestSupport

/// Writes to a SQLite store as fast as it can and says on standard output what was acknowledged,
/// until the power is cut: `PowerCutWriter <file> <first number> full|off`.
@main
struct PowerCutWriter {
    /// Writers at once, so that commits are grouped as under load.
    static let writers = 16

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let first = Int(arguments[2]) else { exit(64) }
        var options = SQLiteOptions(path: arguments[1])
        options.unsafeSynchronousForFaultTests = arguments[3] == "off"
        let store = try IdentityStore(sqlite: options)
        try await store.migrate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in stride(from: first + writer, to: .max, by: writers) {
                        let record = WrittenRecord(number: number)
                        try await store.write { try $0.begin(record.interaction) }
                        say(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One line in one call, so that lines of several threads don't mix.
    private static func say(_ number: Int) {
        let line = Array("\(number)\n".utf8)
        line.withUnsafeBytes { bytes in
            if write(STDOUT_FILENO, bytes.baseAddress, bytes.count) != bytes.count { exit(74) }
        }
    }
}
