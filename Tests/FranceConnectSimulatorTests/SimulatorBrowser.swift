import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Serving
import Synchronization
import Testing
import Tokens

@testable import FranceConnectSimulator

/// A simulator in process, with a clock of ours, and a browser that keeps cookies.
final class SimulatorBrowser {
    static let issuer = "http://localhost:8082/api/v2"
    static let callback = "http://localhost:8080/franceconnect/retour"
    static let signedOut = "http://localhost:8080/franceconnect/deconnexion"

    let simulator: Simulator
    private let clock: Clock
    private let responder: any HTTPResponder<ServingContext>
    private let folder: URL
    var cookies: [String: String] = [:]

    final class Clock: Sendable {
        let moment = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
        private let count = Mutex<UInt64>(0)
        func bytes(_ size: Int) -> [UInt8] {
            let seed = count.withLock {
                $0 += 1
                return $0
            }
            return (0..<size).map { UInt8(truncatingIfNeeded: seed &* 31 &+ UInt64($0) &* 7) }
        }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "franceconnect-\(UUID().uuidString)")
        let configuration = try SimulatorConfiguration(
            JSON(parsing: Self.configuration), folder: folder.path)
        let clock = Clock()
        let environment = ServerEnvironment(
            now: { clock.moment.withLock { $0 } }, random: { clock.bytes($0) },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        simulator = try Simulator(configuration, environment: environment)
        self.clock = clock
        responder = simulator.router().buildResponder()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let configuration = """
        {"issuer": "\(issuer)", "listen": {"port": 0}, "data": "data", "clients": [
          {"client_id": "educonnect", "name": "EduConnect", "entity": "ecole",
           "clientSecretFile": "secret", "redirect_uris": ["\(callback)"],
           "post_logout_redirect_uris": ["\(signedOut)"], "scope": "openid profile",
           "algorithm": "ES256"}]}
        """

    func wait(_ time: Duration) {
        clock.moment.withLock { $0 = $0 + time }
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let text: String

        var location: String { headers[.location] ?? "" }
        var json: JSON? { try? JSON(parsing: text) }
    }

    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers, [])
    }

    func post(_ path: String, _ fields: [(String, String)] = []) async throws -> Answer {
        try await send(
            .post, path, [.contentType: "application/x-www-form-urlencoded"],
            Array(Form.encode(fields).utf8))
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ body: [UInt8]
    ) async throws -> Answer {
        var headers = headers
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost:8082", path: path,
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let source = ServingSource(logger: simulator.environment.log)
        let response = try await responder.respond(
            to: request, context: ServingContext(source: source))
        for field in response.headers[values: .setCookie] {
            let pair = field.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            cookies[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
        }
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers,
            text: String(decoding: collector.store.bytes.withLock { $0 }, as: UTF8.self))
    }

    private struct Collector: ResponseBodyWriter {
        final class Store: Sendable { let bytes = Mutex<[UInt8]>([]) }
        let store = Store()
        mutating func write(_ buffer: ByteBuffer) async throws {
            store.bytes.withLock { $0 += Array(buffer: buffer) }
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    // MARK: A sign-in

    /// Begins one; the path of its first page, and where that leads.
    func begin() async throws -> (page: String, answer: Answer) {
        let query = Form.encode([
            ("client_id", "educonnect"), ("redirect_uri", Self.callback),
            ("response_type", "code"), ("scope", "openid profile"), ("state", "s"),
            ("nonce", String(repeating: "n", count: 22)), ("acr_values", "eidas1"),
        ])
        let page = try await get("/api/v2/authorize?" + query).location
        return (page, try await get(page))
    }

    func signIn(_ page: String, _ number: String) async throws -> Answer {
        try await post(page + "/fournisseur/impots", [("number", number), ("password", "123")])
    }

    /// A whole one; the code.
    func code(_ number: String = "test") async throws -> String {
        let (page, first) = try await begin()
        if first.status == 200 { _ = try await signIn(page, number) }
        _ = try await post(page + "/information")
        let leaving = try await get(page + "/retour").text
        let start = try #require(leaving.range(of: "code="))
        return String(leaving[start.upperBound...].prefix { $0 != "&" })
    }

    func exchange(_ code: String) async throws -> Answer {
        try await post(
            "/api/v2/token",
            [
                ("grant_type", "authorization_code"), ("code", code),
                ("redirect_uri", Self.callback), ("client_id", "educonnect"),
                ("client_secret", simulator.secrets["educonnect"]?.text ?? ""),
            ])
    }

    func userInfo(_ accessToken: String) async throws -> Answer {
        try await get("/api/v2/userinfo", [.authorization: "Bearer \(accessToken)"])
    }
}
