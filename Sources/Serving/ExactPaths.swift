import HTTPTypes
import Hummingbird

/// Answers 404 for paths such as `//token` and `/token/`, which the router takes for `/token`: whoever
/// limits or watches an address, a proxy say, must not be passed by another spelling of it. Add it
/// after `ErrorPages`.
public struct ExactPaths: RouterMiddleware {
    public typealias Context = ServingContext

    public init() {}

    public func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        guard Self.isExact(request.uri.path) else { throw HTTPError(.notFound) }
        return try await next(request, context)
    }

    /// Whether no segment of the path is empty, but for the one of `/`.
    private static func isExact(_ path: String) -> Bool {
        var last: UInt8?
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/") && last == byte { return false }
            last = byte
        }
        return last != UInt8(ascii: "/") || path.utf8.count == 1
    }
}
