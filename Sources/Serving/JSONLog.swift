import FoundationEssentials
import Logging

/// Writes each event as one JSON object on one line, whatever its texts hold (security.md 2.52).
///
/// `LoggingSystem.bootstrap { JSONLog(label: $0) }`
public struct JSONLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let label: String
    private let now: @Sendable () -> Date
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - now: the time of an event.
    ///   - write: takes a whole line with its line feed; standard error unless told otherwise.
    public init(
        label: String, level: Logger.Level = .info, now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable ([UInt8]) -> Void = JSONLog.standardError
    ) {
        self.label = label
        logLevel = level
        self.now = now
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
    }

    /// Lines of different threads never mix.
    public static let standardOutput: @Sendable ([UInt8]) -> Void = { _ in }
    public static let standardError: @Sendable ([UInt8]) -> Void = { _ in }
}
