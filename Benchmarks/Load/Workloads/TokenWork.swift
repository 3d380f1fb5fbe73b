import NIOCore
import Synchronization
import Tokens

/// `client_credentials`: a token for the client itself.
final class ClientCredentials: Conversation {
    private let request: ByteBuffer
    private var last = ""

    init(_ requests: Requests, _ client: Credentials) {
        request = requests.post(
            "/token", form: "grant_type=client_credentials", headers: client.authorization)
    }

    func begin() -> ByteBuffer { request }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject,
            answer.bodyContains("\"token_type\":\"Bearer\""),
            let token = answer.text(after: "\"access_token\":\""), token != last
        else { return .unexpected("client_credentials", answer) }
        last = token
        return .done
    }
}

/// `refresh_token`: each connection rotates a family of its own.
final class Refresh: Conversation {
    private let requests: Requests
    private let client: Credentials
    private let families: RefreshFamilies
    private let family: Int
    private var token: String
    private var lastAccessToken = ""

    init(_ requests: Requests, _ client: Credentials, _ families: RefreshFamilies, family: Int) {
        self.requests = requests
        self.client = client
        self.families = families
        self.family = family
        token = families[family]
    }

    func begin() -> ByteBuffer {
        requests.post(
            "/token", form: "grant_type=refresh_token&refresh_token=\(token)",
            headers: client.authorization)
    }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject,
            answer.bodyContains("\"token_type\":\"Bearer\""),
            let accessToken = answer.text(after: "\"access_token\":\""),
            accessToken != lastAccessToken,
            let successor = answer.text(after: "\"refresh_token\":\""), successor != token
        else { return .unexpected("refresh", answer) }
        token = successor
        families[family] = successor
        lastAccessToken = accessToken
        return .done
    }
}

/// The present token of each family, which outlives a round of the workload.
final class RefreshFamilies: Sendable {
    private let tokens: Mutex<[String]>

    init(_ tokens: [String]) { self.tokens = Mutex(tokens) }

    subscript(family: Int) -> String {
        get { tokens.withLock { $0[family] } }
        set { tokens.withLock { $0[family] = newValue } }
    }
}

/// `/userinfo` with an access token of the connection's own.
final class UserInfo: Conversation {
    private let request: ByteBuffer
    private let subject: String
    private var known: [UInt8]?

    init(_ requests: Requests, accessToken: String, subject: String) {
        request = requests.get("/userinfo", headers: "Authorization: Bearer \(accessToken)\r\n")
        self.subject = subject
    }

    func begin() -> ByteBuffer { request }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject else { return .unexpected("userinfo", answer) }
        if let known {
            return answer.bodyEquals(known) ? .done : .unexpected("other claims", answer)
        }
        let bytes = answer.bodyBytes
        guard case .string(subject)? = (try? JSON(parsing: bytes))?.member("sub") else {
            return .unexpected("userinfo of somebody else", answer)
        }
        known = bytes
        return .done
    }
}

/// `/introspect` of an access token of the connection's own, by the client that holds it.
final class Introspection: Conversation {
    private let request: ByteBuffer
    private let subject: String

    init(_ requests: Requests, _ client: Credentials, accessToken: String, subject: String) {
        request = requests.post(
            "/introspect", form: "token=\(accessToken)", headers: client.authorization)
        self.subject = subject
    }

    func begin() -> ByteBuffer { request }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject, answer.bodyContains("\"active\":true"),
            answer.text(after: "\"sub\":\"") == subject
        else { return .unexpected("introspection", answer) }
        return .done
    }
}
