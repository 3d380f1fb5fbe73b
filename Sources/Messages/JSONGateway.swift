import FoundationEssentials
import Outgoing

/// An HTTP gateway that takes a POST of JSON: `{"from": "EduConnect", "text": …, "to": "+33…"}`.
///
/// `Idempotency-Key` is the same at each try (draft-ietf-httpapi-idempotency-key-header), so that a
/// gateway which knows it sends the message once.
public struct JSONGateway: SMSGateway {
    /// What the gateway calls what it is told.
    public struct Members: Sendable, Equatable {
        public var to: String
        public var from: String
        public var text: String

        public init(to: String = "to", from: String = "from", text: String = "text") {
            self.to = to
            self.from = from
            self.text = text
        }
    }

    private let http: any OutgoingHTTP
    private let url: String
    private let token: HiddenText?
    private let members: Members
    private let sender: SMSSender

    /// - Parameter token: sent as a bearer token (RFC 6750 §2.1).
    public init(
        url: String, token: HiddenText?, members: Members = Members(), from sender: SMSSender,
        over http: any OutgoingHTTP
    ) {
        self.url = url
        self.token = token
        self.members = members
        self.sender = sender
        self.http = http
    }

    public func send(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome {
        let content = Dictionary(
            [
                (members.to, message.number.text), (members.from, sender.text),
                (members.text, message.text),
            ], uniquingKeysWith: { first, _ in first })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let body = try? encoder.encode(content) else { return .refused("no JSON") }
        var headers = [
            (name: "Content-Type", value: "application/json"),
            (name: "Idempotency-Key", value: consignment.id),
        ]
        if let token {
            headers.append((name: "Authorization", value: "Bearer \(token.exposed)"))
        }
        do throws(FetchError) {
            let answer = try await http.send(
                OutgoingRequest(.post, url, headers: headers, body: Array(body)))
            return Self.outcome(status: answer.status)
        } catch {
            return DeliveryOutcome(error)
        }
    }

    /// A wrong token (401, 403), a wrong address (404, 405, 3xx) and an earlier try that is still
    /// under way (409) are no word about the message.
    private static func outcome(status: Int) -> DeliveryOutcome {
        switch status {
        case 200..<300: .accepted
        case 400, 410, 413, 422: .refused("gateway \(status)")
        default: .later("gateway \(status)")
        }
    }
}
