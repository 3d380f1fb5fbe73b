import Outgoing

/// The `sendsms` interface of a Kannel gateway.
///
/// Source: Kannel 1.4.5 User's Guide, « Using HTTP to send SMS » and its table of answers.
public struct KannelGateway: SMSGateway {
    private let http: any OutgoingHTTP
    private let url: String
    private let user: String
    private let password: HiddenText
    private let sender: SMSSender

    /// - Parameter url: of `sendsms`, without a query.
    public init(
        url: String, user: String, password: HiddenText, from sender: SMSSender,
        over http: any OutgoingHTTP
    ) {
        self.url = url
        self.user = user
        self.password = password
        self.sender = sender
        self.http = http
    }

    public func send(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome {
        // Kannel recodes from the charset to what the coding asks for: GSM 7 bits, or UCS-2.
        var query = [
            ("username", user), ("password", password.exposed), ("from", sender.text),
            ("to", message.number.text), ("text", message.text), ("charset", "UTF-8"),
        ]
        if !message.isGSM7 { query.append(("coding", "2")) }
        let text = query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        do throws(FetchError) {
            let answer = try await http.send(OutgoingRequest(.get, "\(url)?\(text)"))
            return KannelAnswer(status: answer.status, body: answer.body).outcome
        } catch {
            return DeliveryOutcome(error)
        }
    }
}

/// What a Kannel gateway says: a status, and in its first line a number and words.
public struct KannelAnswer: Sendable, Equatable {
    public let outcome: DeliveryOutcome

    /// Longer bodies come from something else, a proxy perhaps.
    static let bodyBytesMax = 1024

    /// `0: Accepted for delivery`, `3: Queued for later delivery` and `Sent.` (with immediate
    /// replies) under a 2xx are taken for good.
    /// Of the refusals, those that name the number or the text are about this message; a wrong
    /// password, a sender that isn't allowed or a proxy's page are the operator's to mend.
    public init(status: Int, body: [UInt8]) {
        let words = String(decoding: body.prefix(Self.bodyBytesMax), as: UTF8.self).lowercased()
        let number = words.prefix { $0 != ":" && $0 != "\n" }
        switch status {
        case 200..<300 where ["0", "3"].contains(number) || words.hasPrefix("sent."):
            outcome = .accepted
        case 200..<300: outcome = .later("kannel \(status), not its answer")
        case 400..<500 where Self.refusals.contains(where: words.contains):
            outcome = .refused("kannel \(status)")
        default: outcome = .later("kannel \(status)")
        }
    }

    /// Pieces of `smsbox.c`'s refusals: « Number(s) has/have been denied by white- and/or
    /// black-lists. », « Not routable. Do not try again. », « Garbage 'to' field, rejected. ».
    private static let refusals = [
        "denied by white- and/or black-lists", "not routable", "garbage 'to' field",
        "missing receiver", "empty receiver", "empty text",
    ]
}

/// Source: RFC 3986 §2.1; all but unreserved characters are encoded.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            let isLetterOrDigit =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            if isLetterOrDigit || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
