import FoundationEssentials

/// A mail as its step wrote it, before anybody says from whom and when it goes.
public struct Mail: Sendable, Equatable, Codable {
    public var to: MailAddress
    /// Any text: a header is encoded when the mail is rendered, so nothing in it can end its line.
    public var subject: String
    /// The plain part; its links stand in it to be copied.
    public var text: String
    /// A whole HTML document, whose writer has escaped what came from outside.
    public var html: String

    public init(to: MailAddress, subject: String, text: String, html: String) {
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// Who mails come from: « Administrateur des services en ligne » with an address that nobody answers
/// (J-K-01).
public struct MailSender: Sendable, Equatable {
    public static let defaultName = "Administrateur des services en ligne"

    public var name: String
    public var address: MailAddress

    public init(name: String = MailSender.defaultName, address: MailAddress) {
        self.name = name
        self.address = address
    }
}

/// Names one message on its way, the same at each try, so that whoever gets it twice can tell.
public struct Consignment: Sendable, Equatable {
    /// 32 hexadecimal digits: the outbox row's.
    public let id: String
    /// When the message was written.
    public let date: Date

    /// Nil unless the id is made of letters and digits, 64 at most.
    public init?(id: String, date: Date) {
        let isPlain = id.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        }
        guard isPlain, (1...64).contains(id.utf8.count) else { return nil }
        self.id = id
        self.date = date
    }
}

/// What became of one try to hand a message over.
public enum DeliveryOutcome: Sendable, Equatable {
    case accepted
    /// For good: another try would fare no better. The reason never holds any of the message.
    case refused(String)
    /// Nobody took it yet, or nobody said so.
    case later(String)
}

/// Something that takes mails: an SMTP server, or the folder of a development machine.
public protocol MailTransport: Sendable {
    func send(_ mail: Mail, _ consignment: Consignment) async -> DeliveryOutcome
}
