/// A mail ready to go, and its envelope of one recipient.
public struct SMTPMail: Sendable, Equatable {
    public let from: String
    public let to: String
    /// A whole message with CR LF line ends (RFC 5322).
    public let content: [UInt8]

    /// A larger one is a mistake: our mails are a page of text.
    public static let contentBytesMax = 256 * 1024

    /// Throws `.invalidRequest` unless both addresses are plain ASCII `local@domain` without anything
    /// that could end a command or a path (security.md 2.44), and the content is within its bound.
    public init(from: String, to: String, content: [UInt8]) throws(FetchError) {
        guard Self.isPlainAddress(from) else { throw .invalidRequest("sender") }
        guard Self.isPlainAddress(to) else { throw .invalidRequest("recipient") }
        guard content.count <= Self.contentBytesMax else { throw .tooLarge }
        self.from = from
        self.to = to
        self.content = content
    }

    var senderDomain: String { from.split(separator: "@").last.map(String.init) ?? "" }

    private static func isPlainAddress(_ address: String) -> Bool {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && address.utf8.count <= 254
            && address.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && !#"<>()[]\,;:""#.utf8.contains($0)
            }
    }
}

/// The mail server that the operator has named.
public struct SMTPServer: Sendable {
    /// `smtp://host:587` or `smtps://host:465`; a path is the name that EHLO says.
    public var url: String
    /// Whether an `smtp:` conversation must go over to TLS before anything is told. Without it the
    /// server must be on loopback.
    public var startTLS: Bool
    public var credentials: Credentials?

    public struct Credentials: Sendable {
        let user: String
        let password: HiddenText

        public init(user: String, password: HiddenText) {
            self.user = user
            self.password = password
        }
    }

    public init(url: String, startTLS: Bool = true, credentials: Credentials? = nil) {
        self.url = url
        self.startTLS = startTLS
        self.credentials = credentials
    }
}

/// What a mail server said of a mail. Its own words are not kept: they may repeat the address.
public enum SMTPAnswer: Equatable, Sendable {
    case accepted
    /// For good, of this recipient or this content (5xx).
    case refused(code: Int)
    case tryLater(code: Int)
    /// The user or the password, or that there is none.
    case notAuthenticated(code: Int)
    /// 5xx before it heard of the recipient: it doesn't want us or our sender.
    case senderRefused(code: Int)
}

/// The one door out for mails, on the same terms as `HTTPFetch`: bounded in time and number, TLS
/// verified, never in clear beyond loopback.
///
/// A connection is kept for the next mail. The thread is the client's own.
public final class SMTPClient: Sendable {
    public struct Options: Sendable {
        /// From the first packet to the end of AUTH, resolution and TLS included.
        public var connectTimeout: Duration = .seconds(10)
        /// From the call to the server's last word.
        public var totalTimeout: Duration = .seconds(30)
        public var concurrentMax = 32
        /// A PEM file of authorities trusted besides the system's.
        public var extraCAFile: String?

        public init() {}
    }

    private let server: SMTPServer
    private let thread: TransferThread

    /// Throws `.invalidRequest` where the URL or the CA file can't be used, `.broken` where libcurl
    /// can't start.
    public init(_ server: SMTPServer, _ options: Options = Options()) throws(FetchError) {
        _ = try TargetURL(server.url, .mail)
        self.server = server
        var bounds = HTTPFetch.Options()
        bounds.connectTimeout = options.connectTimeout
        bounds.totalTimeout = options.totalTimeout
        bounds.concurrentMax = options.concurrentMax
        bounds.extraCAFile = options.extraCAFile
        thread = try TransferThread(bounds)
        try thread.start()
    }

    deinit { thread.stop() }

    /// Hands the mail over. Any word of the server is an answer; only its absence is an error, and
    /// after one nobody knows whether the mail was taken.
    public func send(_ mail: SMTPMail) async throws(FetchError) -> SMTPAnswer {
        guard case .mail(let answer) = try await thread.run(.mail(mail, server)) else {
            throw .broken("not an SMTP answer")
        }
        return answer
    }
}
