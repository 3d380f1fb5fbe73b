import FoundationEssentials
import Synchronization

/// A message as it lies in an `OutboxFolder`.
public struct FiledMessage: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable { case mail, sms }

    /// Its file's name without `.json`, ordered by time.
    public var name: String
    public var kind: Kind
    /// Milliseconds since 1970, UTC.
    public var at: Int64
    /// An address or a number.
    public var to: String
    public var subject: String?
    public var text: String
    public var html: String?
}

/// For development: takes every message, and keeps each as a JSON file instead of sending it.
///
/// A second delivery of the same message replaces the first one's file.
public final class OutboxFolder: MailTransport, SMSGateway {
    /// The oldest go beyond that, so that a load test fills no disk.
    public static let defaultMax = 500

    private let folder: String
    private let max: Int
    /// Names in the folder, oldest first.
    private let names: Mutex<[String]>

    /// Makes the folder where there is none. Throws where that fails.
    public init(_ folder: String, max: Int = OutboxFolder.defaultMax) throws {
        self.folder = folder
        self.max = max
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let present = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(Self.suffix) }.map {
                String($0.dropLast(Self.suffix.utf8.count))
            }
            .filter(Self.isName)
        names = Mutex(present.sorted())
    }

    public func send(_ mail: Mail, _ consignment: Consignment) async -> DeliveryOutcome {
        file(
            consignment,
            FiledMessage(
                name: Self.name(consignment), kind: .mail, at: Self.milliseconds(consignment.date),
                to: mail.to.text, subject: mail.subject, text: mail.text, html: mail.html))
    }

    public func send(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome {
        file(
            consignment,
            FiledMessage(
                name: Self.name(consignment), kind: .sms, at: Self.milliseconds(consignment.date),
                to: message.number.text, text: message.text))
    }

    /// The newest ones first.
    public func messages(limit: Int = OutboxFolder.defaultMax) -> [FiledMessage] {
        names.withLock { $0.suffix(limit) }.reversed().compactMap(message(named:))
    }

    /// Nil for a name that is none of this folder's.
    public func message(named name: String) -> FiledMessage? {
        guard Self.isName(name), let data = try? Data(contentsOf: URL(filePath: path(name))) else {
            return nil
        }
        return try? JSONDecoder().decode(FiledMessage.self, from: data)
    }

    private func file(_ consignment: Consignment, _ message: FiledMessage) -> DeliveryOutcome {
        do {
            let data = try JSONEncoder().encode(message)
            try data.write(to: URL(filePath: path(message.name)), options: .atomic)
        } catch {
            return .later("the outbox folder can't be written")
        }
        let oldest: [String] = names.withLock { names in
            guard !names.contains(message.name) else { return [] }
            let place = names.lastIndex { $0 < message.name }.map { $0 + 1 } ?? 0
            names.insert(message.name, at: place)
            let beyond = Array(names.prefix(Swift.max(0, names.count - max)))
            names.removeFirst(beyond.count)
            return beyond
        }
        for name in oldest { try? FileManager.default.removeItem(atPath: path(name)) }
        return .accepted
    }

    private static let suffix = ".json"

    private func path(_ name: String) -> String { folder + "/" + name + Self.suffix }

    /// 13 digits of time, so that names sort by it until the year 2286.
    private static func name(_ consignment: Consignment) -> String {
        let time = String(milliseconds(consignment.date))
        return String(repeating: "0", count: Swift.max(0, 13 - time.utf8.count)) + time + "-"
            + consignment.id
    }

    private static func milliseconds(_ date: Date) -> Int64 {
        Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0
    }

    /// Nothing that leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        (1...80).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                    || $0 == UInt8(ascii: "-")
            }
    }
}
