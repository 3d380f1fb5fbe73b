import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Serving
import Tokens

/// A router asked in process: what a listener would hand it, without a socket.
public struct TestDoor: Sendable {
    /// What the routes note.
    public var logger = Logger(label: "test")
    private let respond: @Sendable (Request, ServingContext) async throws -> Response

    /// Takes the routes, answers other methods with 405, and failures as the program does.
    public init(layout: Layout, _ addRoutes: (Router<ServingContext>) -> Void) {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(layout: layout))
        addRoutes(router)
        router.refuseOtherMethods()
        let responder = router.buildResponder()
        respond = { try await responder.respond(to: $0, context: $1) }
    }

    /// The same routes and middleware as the program.
    public init(_ responder: some HTTPResponder<ServingContext>) {
        respond = { try await responder.respond(to: $0, context: $1) }
    }

    public func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: [UInt8] = [],
        from address: String = "192.0.2.1", host: String = "educonnect.example.org"
    ) async throws -> TestAnswer {
        let head = HTTPRequest(
            method: method, scheme: "https", authority: host, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let source = ServingSource(
            logger: logger, peer: NetworkAddress(address) ?? .loopback)
        let response = try await respond(request, ServingContext(source: source))
        let collector = Collector()
        try await response.body.write(CollectingWriter(collector: collector))
        return TestAnswer(
            status: response.status, headers: response.headers, body: await collector.bytes)
    }

    public func get(_ path: String, headers: HTTPFields = [:]) async throws -> TestAnswer {
        try await request(.get, path, headers: headers)
    }

    /// A form, as a client posts it.
    public func post(
        _ path: String, _ form: [(String, String)], authorization: String? = nil,
        from address: String = "192.0.2.1"
    ) async throws -> TestAnswer {
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.authorization] = authorization
        return try await request(
            .post, path, headers: headers, body: Array(Form.encode(form).utf8), from: address)
    }
}

/// What came back.
public struct TestAnswer: Sendable {
    public let status: HTTPResponse.Status
    public let headers: HTTPFields
    public let body: [UInt8]

    public var code: Int { status.code }
    public var text: String { String(decoding: body, as: UTF8.self) }
    /// Null where the body is no JSON.
    public var json: JSON { (try? JSON(parsing: body)) ?? .null }
    /// The member `error` of an OAuth answer.
    public var error: String? { json.member("error")?.string }
    public func string(_ name: String) -> String? { json.member(name)?.string }
}

private actor Collector {
    private(set) var bytes: [UInt8] = []
    func append(_ buffer: ByteBuffer) { bytes += Array(buffer: buffer) }
}

private struct CollectingWriter: ResponseBodyWriter {
    let collector: Collector
    mutating func write(_ buffer: ByteBuffer) async throws { await collector.append(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
