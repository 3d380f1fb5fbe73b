import Flow
import FoundationEssentials
import Messages
import Serving
import Store
import Tokens

/// Where a step leaves a message to be carried: sealed, and written in the transaction that causes it
/// (D12, security.md 5.16). Renders nothing itself; the courier opens what it sealed.
public struct Outbox: Sendable {
    private let seal: PurposeSeal
    private let random: @Sendable (Int) -> [UInt8]

    public init(keys: LiveKeys, random: @escaping @Sendable (Int) -> [UInt8]) {
        seal = PurposeSeal("outbox", keys: keys)
        self.random = random
    }

    /// The change that enqueues a message; nil without a store key.
    ///
    /// - Parameters:
    ///   - key: against doubles, such as `activation/<token's selector>`: a second message with the
    ///     same key is not written as long as the first one's row lives. No secret and no address.
    ///   - expiresAt: when nobody needs the message any more: its code's or link's own end.
    ///   - account: whose account it is about, for the audit of a refusal.
    ///   - notBefore: when it may go at the earliest; at once unless told otherwise.
    ///   - isReal: false for a row that is written like another and that no courier ever takes: where an
    ///     answer must not tell whether there was anybody to write to, time tells it neither (SR-46).
    public func change(
        _ message: OutboxMessage, key: String, expiresAt: Date, account: Account.ID? = nil,
        notBefore: Date? = nil, isReal: Bool = true, at now: Date
    ) -> Change? {
        let id = OutboxRecord.ID(at: now, random: random(10))
        guard let content = try? message.encoded(),
            let body = seal.seal(content, context: Self.context(id), random: random, at: now)
        else { return nil }
        return .enqueue(
            OutboxRecord(
                id: id, kind: message.kind, uniqueKey: key, body: body, account: account,
                createdAt: now, notBefore: notBefore ?? now,
                expiresAt: isReal ? expiresAt : now))
    }

    /// The message of a row.
    ///
    /// Throws `SealedBoxError.unknownKey` where this node has not read the key yet or has forgotten
    /// it; any other error is for good: the row was not written here for this id.
    public func message(of record: OutboxRecord) throws -> OutboxMessage {
        let content = try seal.open(record.body, context: Self.context(record.id))
        return switch record.kind {
        case .mail: try OutboxMessage(encodedMail: content)
        case .sms: try OutboxMessage(encodedSMS: content)
        case .logout: throw SealedBoxError.malformed
        }
    }

    private static func context(_ id: OutboxRecord.ID) -> String { "outbox/" + id.text }
}

extension OutboxMessage {
    fileprivate var kind: OutboxKind {
        switch self {
        case .mail: .mail
        case .sms: .sms
        }
    }
}

extension Desk {
    /// Where steps leave mails and SMS.
    public var outbox: Outbox { Outbox(keys: keys, random: environment.random) }
}
