import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// What a supervisor and a load balancer ask: is the process alive, and should it get requests.
struct HealthEndpoint: Sendable {
    let desk: Desk

    func addRoutes(to router: Router<ServingContext>) {
        router.get("/health/live") { _, _ in Self.answer(.ok, "live") }
        router.get("/health/ready") { _, _ in await readiness() }
    }

    /// Ready: the store answers, and there is a key to sign with.
    private func readiness() async -> Response {
        let now = desk.now
        guard desk.keys.current.current(for: .rs256, at: now) != nil else {
            return Self.answer(.serviceUnavailable, "no signing key")
        }
        do {
            _ = try await desk.store.read { try $0.clientRevision("") }
            return Self.answer(.ok, "ready")
        } catch {
            return Self.answer(.serviceUnavailable, "the store does not answer")
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ word: String) -> Response {
        var response = JSONResponse(Array("{\"status\":\"\(word)\"}\n".utf8), status: status)
            .response
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
