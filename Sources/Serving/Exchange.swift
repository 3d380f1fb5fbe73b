import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// One request and its answer with the body collected, whatever the program's responder does.
struct Exchange: Sendable {
    struct Answer: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var body: ByteBuffer
    }

    let respond: @Sendable (Request, ServingContext) async throws -> Response

    /// Never throws: an error that nobody turned into an answer becomes a bare 500 (SR-64).
    func answer(_ request: Request, _ context: ServingContext) async -> Answer {
        do {
            let response = try await respond(request, context)
            guard response.body.contentLength != 0 else {
                return Answer(
                    status: response.status, headers: response.headers, body: ByteBuffer())
            }
            let collector = BodyCollector()
            try await response.body.write(collector)
            return Answer(status: response.status, headers: response.headers, body: collector.bytes)
        } catch {
            context.logger.error(
                "unanswered failure",
                metadata: [
                    "correlation": "\(context.correlation)",
                    "cause": "\(String(reflecting: error))",
                ])
            return Answer(
                status: .internalServerError, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ByteBuffer(string: "500 \(context.correlation)\n"))
        }
    }
}

/// Takes a response's body; the one buffer of most responses is kept as it is, without a copy.
private final class BodyCollector: ResponseBodyWriter {
    var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeImmutableBuffer(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// The body of a request that sent more than it may: whoever reads it learns that.
struct OversizedBody: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        mutating func next() async throws -> ByteBuffer? { throw RequestFormError.tooLarge }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
