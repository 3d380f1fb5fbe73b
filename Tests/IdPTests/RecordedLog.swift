import FoundationEssentials
import Logging
import Serving
import Synchronization

/// The lines that a logger writes.
final class RecordedLog: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { [self] label in
            JSONLog(label: label, level: .info, now: { .distantPast }) { line in
                self.recorded.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            }
        }
    }
}
