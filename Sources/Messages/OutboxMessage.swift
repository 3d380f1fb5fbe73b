import FoundationEssentials

/// What a step puts into the outbox.
public enum OutboxMessage: Sendable, Equatable {
    case mail(Mail)
    case sms(TextMessage)

    /// What is sealed into the row.
    public func encoded() throws -> [UInt8] {
        switch self {
        case .mail(let mail): [UInt8](try JSONEncoder().encode(mail))
        case .sms(let message): [UInt8](try JSONEncoder().encode(message))
        }
    }

    /// Throws for anything that `encoded` did not write of a mail.
    public init(encodedMail bytes: [UInt8]) throws {
        self = .mail(try JSONDecoder().decode(Mail.self, from: Data(bytes)))
    }

    /// Throws for anything that `encoded` did not write of an SMS.
    public init(encodedSMS bytes: [UInt8]) throws {
        self = .sms(try JSONDecoder().decode(TextMessage.self, from: Data(bytes)))
    }
}
