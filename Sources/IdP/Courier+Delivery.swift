import Flow
import FoundationEssentials
import Logging
import Messages
import Serving
import Store
import Tokens
import Web

extension Courier {
    /// One try of one leased message, and what the store remembers of it. False where another try
    /// has to follow.
    func deliver(_ record: OutboxRecord) async -> Bool {
        let end = await ending(of: record)
        for _ in 0..<Self.settlementsMax {
            do {
                let isOurs = try await desk.store.write { try $0.settle(record, end) }
                report(record, end, isOurs: isOurs)
                break
            } catch {
                desk.environment.log.error(
                    "outbox not written", metadata: ["id": "\(record.id)", "cause": "\(error)"])
            }
        }
        return end.isFinal
    }

    /// A message that was taken and is not marked so goes again: that is worth another try.
    private static let settlementsMax = 3

    private func ending(of record: OutboxRecord) async -> Ending {
        switch record.kind {
        case .mail, .sms: return Ending(await handOver(record), of: record, desk)
        case .logout:
            switch await transports.logout?.tell(record) ?? .delivery(.later("no way there")) {
            case .delivery(let outcome): return Ending(outcome, of: record, desk)
            case .moot(let reason): return .moot(reason: reason)
            }
        }
    }

    private func handOver(_ record: OutboxRecord) async -> DeliveryOutcome {
        guard let consignment = Consignment(id: record.id.text, date: record.createdAt) else {
            return .refused("no name")
        }
        do {
            switch try desk.outbox.message(of: record) {
            case .mail(let mail):
                return await transports.mail?.send(mail, consignment) ?? .later("no mail transport")
            case .sms(let message):
                return await transports.sms?.deliver(message, consignment)
                    ?? .later("no SMS gateway")
            }
        } catch SealedBoxError.unknownKey {
            return .later("sealed under a key that is not here")
        } catch {
            return .refused("can't be opened")
        }
    }

    private func report(_ record: OutboxRecord, _ end: Ending, isOurs: Bool) {
        let log = desk.environment.log
        var row: Logger.Metadata = [
            "id": "\(record.id)", "kind": "\(record.kind.rawValue)",
            "attempts": "\(record.attempts + 1)",
        ]
        if let client = record.client { row["client"] = "\(client)" }
        func with(_ reason: String) -> Logger.Metadata {
            row.merging(["reason": "\(reason)"]) { first, _ in first }
        }
        switch end {
        case .delivered where !isOurs:
            log.warning("message delivered after its lease", metadata: row)
        case .delivered: log.debug("message delivered", metadata: row)
        case .retry(_, let reason): log.warning("message waits", metadata: with(reason))
        case .moot(let reason): log.info("message needed no more", metadata: with(reason))
        case .ended(let event, let reason): log.error("\(event.kind)", metadata: with(reason))
        }
    }
}

/// What becomes of a row after a try.
enum Ending: Sendable {
    case delivered(at: Date)
    case retry(notBefore: Date, reason: String)
    /// Nobody will ever take it, or nobody needs it by then: erased, and audited without its content.
    case ended(AuditEvent, reason: String)
    /// There is nobody left to be told: erased.
    case moot(reason: String)

    /// Whether no other try follows.
    var isFinal: Bool {
        if case .retry = self { false } else { true }
    }

    init(_ outcome: DeliveryOutcome, of record: OutboxRecord, _ desk: Desk) {
        let now = desk.now
        func event(_ kind: AuditKind, _ reason: String) -> AuditEvent {
            AuditEvent(
                id: desk.makeID(at: now), at: now, kind: kind, account: record.account,
                detail: "\(record.kind.rawValue): \(reason)")
        }
        switch outcome {
        case .accepted: self = .delivered(at: now)
        case .refused(let reason): self = .ended(event(.messageRefused, reason), reason: reason)
        case .later(let reason):
            let next =
                now
                + Backoff.delay(
                    after: record.attempts, random: desk.environment.random(1).first ?? 0)
            self =
                next < record.expiresAt
                ? .retry(notBefore: next, reason: reason)
                : .ended(event(.messageExpired, reason), reason: reason)
        }
    }
}

/// 10 s, 20 s, 40 s … 1 h, each up to a quarter longer by chance, so that what failed together is not
/// tried together again.
enum Backoff {
    private static let first = 10.0
    private static let longest = 3600.0
    private static let jitter = 0.25

    /// - Parameters:
    ///   - attempts: the tries before the one that failed just now.
    ///   - random: any byte.
    static func delay(after attempts: Int64, random: UInt8) -> Duration {
        let doublings = Int(min(max(attempts, 0), 16))
        let base = min(first * Double(1 << doublings), longest / (1 + jitter))
        return .seconds(base * (1 + jitter * Double(random) / 255))
    }
}

extension StoreWriter {
    /// False when the lease was lost meanwhile; then nothing is written.
    fileprivate func settle(_ record: OutboxRecord, _ end: Ending) throws -> Bool {
        switch end {
        case .delivered(let now): return try delivered(record, at: now)
        case .retry(let next, _): return try retry(record, notBefore: next)
        case .ended(let event, _):
            guard try self.end(record) else { return false }
            try append(event)
            return true
        case .moot: return try self.end(record)
        }
    }
}
