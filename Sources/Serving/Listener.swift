import Hummingbird
import ServiceLifecycle

/// The HTTP server of a program: accepts, bounds, parses, asks `responder`, answers. A service:
/// on a graceful stop it accepts no more, lets accepted requests finish, and returns.
public struct Listener: Service {
    let options: ListenerOptions
    let environment: ServerEnvironment
    let securityHeaders: SecurityHeaders
    let respond: @Sendable (Request, ServingContext) async throws -> Response
    let onBound: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - securityHeaders: added to every answer, also to those that no endpoint made.
    ///   - responder: usually `router.buildResponder()`.
    ///   - onBound: called once connections are accepted, with the port in use.
    public init(
        options: ListenerOptions, environment: ServerEnvironment, securityHeaders: SecurityHeaders,
        responder: some HTTPResponder<ServingContext>,
        onBound: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.options = options
        self.environment = environment
        self.securityHeaders = securityHeaders
        self.respond = { try await responder.respond(to: $0, context: $1) }
        self.onBound = onBound
    }

    /// Serves until the service group stops. Throws where the address can't be bound.
    public func run() async throws {
    }
}
