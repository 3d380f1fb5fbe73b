import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Outgoing
import Serving
import Synchronization
import Testing
import Tokens

@testable import LSU

/// A teleservice in process, its provider on loopback, and a browser that keeps cookies.
final class TeleserviceBrowser {
    static let now = Date(timeIntervalSince1970: 1_550_000_000)

    let provider: ProviderServer
    let teleservice: Teleservice
    let clock: Clock
    private let responder: any HTTPResponder<ServingContext>
    var cookies: [String: String] = [:]

    final class Clock: Sendable {
        let moment = Mutex(TeleserviceBrowser.now)
        private let count = Mutex<UInt64>(0)
        func bytes(_ size: Int) -> [UInt8] {
            let seed = count.withLock {
                $0 += 1
                return $0
            }
            return (0..<size).map { UInt8(truncatingIfNeeded: seed &* 31 &+ UInt64($0) &* 7) }
        }
    }

    init(_ kind: TeleserviceKind = .lsu, portalURL: String? = nil) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let reports = try Data(contentsOf: root.appending(path: "config/lsu/reports.json"))
        let service = LSUConfiguration.Service(
            kind: kind, clientID: kind.rawValue, authentication: .none,
            baseURL: "http://localhost:8083",
            isSecure: false, host: "127.0.0.1", port: 0, portalURL: portalURL,
            reports: try ReportCatalogue(parsing: Array(reports)))
        let clock = Clock()
        let environment = ServerEnvironment(
            now: { clock.moment.withLock { $0 } }, random: { clock.bytes($0) },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        provider = try ProviderServer(clientID: kind.rawValue, now: Self.now)
        teleservice = try Teleservice(
            service, issuer: provider.issuer, http: HTTPFetch(), environment: environment)
        self.clock = clock
        responder = teleservice.router().buildResponder()
        provider.state.withLock { $0.userInfo = Self.patrick }
    }

    deinit { teleservice.printers.close() }

    /// The claims of a parent of four.
    static let patrick: [String: JSON] = [
        "sub": "person-1", "given_name": "Patrick", "family_name": "DUPONT",
        "children": [
            child("c-1", "Léane", "5E", "180000003LC"),
            child("c-2", "Clémence", "CM1", "180000004LC"),
            child("c-3", "Marceau", "CP", "180000005LC"),
        ],
    ]

    static func child(_ id: String, _ name: String, _ level: String, _ ine: String) -> JSON {
        .object([
            "id": .string(id), "given_name": .string(name), "family_name": "DUPONT",
            "level": .string(level),
            "uai": "0319901U", "school_name": "Ecole élémentaire Marie Curie", "ine": .string(ine),
        ])
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var text: String { visibleText(body) }
        var html: String { String(decoding: body, as: UTF8.self) }
        var location: String? { headers[.location] }
    }

    func get(_ path: String) async throws -> Answer {
        try await send(.get, path)
    }

    func post(
        _ path: String, _ fields: [(String, String)], _ headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, headers, Array(Form.encode(fields).utf8))
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:],
        _ body: [UInt8] = []
    ) async throws -> Answer {
        var headers = headers
        if !cookies.isEmpty {
            headers[.cookie] = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: "; ")
        }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost:8083", path: path,
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let source = ServingSource(logger: teleservice.environment.log)
        let response = try await responder.respond(
            to: request, context: ServingContext(source: source))
        for field in response.headers[values: .setCookie] { keep(field) }
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(
            status: response.status.code, headers: response.headers,
            body: collector.store.bytes.withLock { $0 })
    }

    private func keep(_ field: String) {
        let pair = field.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
        let value = pair.count == 2 ? String(pair[1]) : ""
        cookies[String(pair[0])] = value.isEmpty || field.contains("Max-Age=0") ? nil : value
    }

    private struct Collector: ResponseBodyWriter {
        final class Store: Sendable { let bytes = Mutex<[UInt8]>([]) }
        let store = Store()
        mutating func write(_ buffer: ByteBuffer) async throws {
            store.bytes.withLock { $0 += Array(buffer: buffer) }
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// Plays the provider's pages: the path to follow, with a code for the request in `url`.
    func consent(to url: String?, code: String = "code-1") throws -> String {
        let url = try #require(url)
        #expect(url.hasPrefix(provider.issuer + "/authorize?"))
        let request = try Form(
            parsing: String(try #require(url.split(separator: "?", maxSplits: 1).last)))
        let nonce = try #require(request["nonce"])
        let state = try #require(request["state"])
        provider.state.withLock { $0.nonces[code] = nonce }
        return "/retour?"
            + Form.encode([("code", code), ("state", state), ("iss", provider.issuer)])
    }

    /// Where the provider sends a browser back with an error.
    func refusal(_ error: String, to url: String?) throws -> String {
        let query = try #require(url?.split(separator: "?", maxSplits: 1).last)
        let state = try #require(try Form(parsing: String(query))["state"])
        return "/retour?"
            + Form.encode([("error", error), ("state", state), ("iss", provider.issuer)])
    }

    /// A whole sign-in; the address it ends at.
    func signIn(_ path: String = "/connexion") async throws -> String {
        let start = try await get(path)
        let answer = try await get(try consent(to: start.location))
        #expect(answer.status == 302)
        return try #require(answer.location)
    }
}
