import FoundationEssentials
import Glibc
import Logging
import Synchronization

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

    /// A field longer than that is cut: a log line is read by people and shipped by small machines.
    static let maxTextBytes = 4_096
    /// Metadata may hold lists and dictionaries; deeper ones are left out.
    static let maxDepth = 4

    /// - Parameters:
    ///   - now: the time of an event.
    ///   - write: takes a whole line with its line feed; standard error unless told otherwise.
    public init(
        label: String, level: Logger.Level = .info,
        now: @escaping @Sendable () -> Date = { Date() },
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
        var line = LogLine()
        line.open("time", CivilTime(now()).timestamp)
        line.add("level", event.level.rawValue)
        line.add("logger", label)
        line.add("message", event.message.description)
        if let error = event.error { line.add("error", String(reflecting: error)) }
        var data = metadata
        if let provided = metadataProvider?.get() { data.merge(provided) { _, new in new } }
        if let own = event.metadata { data.merge(own) { _, new in new } }
        if !data.isEmpty { line.add("data", data) }
        write(line.closed())
    }

    /// Lines of different threads never mix.
    public static let standardOutput: @Sendable ([UInt8]) -> Void = {
        Self.write($0, to: STDOUT_FILENO)
    }
    public static let standardError: @Sendable ([UInt8]) -> Void = {
        Self.write($0, to: STDERR_FILENO)
    }

    private static let writing = Mutex(())

    /// A log that can't be written is lost: there is nobody left to tell.
    private static func write(_ line: [UInt8], to descriptor: Int32) {
        writing.withLock { _ in
            var sent = 0
            while sent < line.count {
                let written = line.withUnsafeBytes { bytes in
                    Glibc.write(
                        descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                }
                guard written > 0 || (written < 0 && errno == EINTR) else { return }
                sent += max(written, 0)
            }
        }
    }
}

/// A line while it grows.
private struct LogLine {
    private var bytes: [UInt8] = []

    mutating func open(_ name: StaticString, _ text: String) {
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
        name.withUTF8Buffer { quote($0) }
        bytes.append(UInt8(ascii: ":"))
        quote(text)
    }

    mutating func add(_ name: StaticString, _ text: String) {
        separate(name)
        quote(text)
    }

    mutating func add(_ name: StaticString, _ data: Logger.Metadata) {
        separate(name)
        append(.dictionary(data), depth: 0)
    }

    consuming func closed() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func separate(_ name: StaticString) {
        bytes.append(UInt8(ascii: ","))
        name.withUTF8Buffer { quote($0) }
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.MetadataValue, depth: Int) {
        guard depth < JSONLog.maxDepth else { return quote("…") }
        switch value {
        case .string(let text): quote(text)
        case .stringConvertible(let value): quote(value.description)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value, depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let values):
            bytes.append(UInt8(ascii: "{"))
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                quote(key)
                bytes.append(UInt8(ascii: ":"))
                append(value, depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func quote(_ text: String) {
        var text = text
        text.withUTF8 { quote($0) }
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        let kept = String(decoding: text.prefix(JSONLog.maxTextBytes), as: UTF8.self)
        for scalar in kept.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C:
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case 0x20..<0x7F:
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default:
                if Self.misleads(scalar) {
                    escape(scalar)
                } else {
                    bytes.append(contentsOf: scalar.utf8)
                }
            }
        }
        if text.count > JSONLog.maxTextBytes { bytes.append(contentsOf: "…".utf8) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a character could end the line, drive a terminal, or show the text in another order or
    /// not at all: controls, format characters (bidirectional ones first of all), line separators.
    private static func misleads(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            true
        default: false
        }
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = Array("0123456789abcdef".utf8)
        for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] { bytes.append(digits[Int(unit >> UInt16(shift)) & 15]) }
        }
    }
}
