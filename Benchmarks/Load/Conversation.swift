import NIOCore
import Tokens

/// One client's side of an operation, which may take several requests: what to send, and whether what
/// comes back is right. Every answer is looked at; nothing waits. Used on the event loop only.
protocol Conversation: AnyObject {
    /// Begins an operation anew, also after a failure. Returns its first request.
    func begin() -> ByteBuffer
    func take(_ answer: Answer) -> Step
}

enum Step {
    case send(ByteBuffer)
    case done
    /// 503 with `Retry-After`, where the workload expects it.
    case turnedAway
    case failed(String)
}

extension Step {
    static func unexpected(_ what: String, _ answer: Answer) -> Step {
        .failed("\(what): \(answer.excerpt)")
    }
}

/// Makes requests to one server.
struct Requests: Sendable {
    let host: String

    func get(_ target: String, headers: String = "") -> ByteBuffer {
        ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\(headers)\r\n")
    }

    func post(_ target: String, form: String, headers: String = "") -> ByteBuffer {
        ByteBuffer(
            string: "POST \(target) HTTP/1.1\r\nHost: \(host)\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\(headers)\r\n\(form)")
    }
}

/// A teleservice as `educonnect client add` registered it.
struct Credentials: Sendable {
    let id: String
    let redirectURI: String
    let scope: String
    /// `Authorization: Basic …` with its line end.
    let authorization: String
}

extension Credentials {
    /// Reads a registration response (RFC 7591 §3.2.1). Nil unless it has what a load needs.
    init?(registration: JSON) {
        guard case .string(let id)? = registration.member("client_id"),
            case .string(let secret)? = registration.member("client_secret")
        else { return nil }
        self.id = id
        if case .array(let uris)? = registration.member("redirect_uris"),
            case .string(let uri)? = uris.first
        {
            redirectURI = uri
        } else {
            redirectURI = ""
        }
        if case .string(let scope)? = registration.member("scope") {
            self.scope = scope
        } else {
            scope = ""
        }
        // Ids and secrets are of base64url's alphabet: nothing in them is escaped (RFC 6749 §2.3.1).
        var text = Base64URL.encode(Array("\(id):\(secret)".utf8))
            .replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        authorization = "Authorization: Basic \(text)\r\n"
    }
}
