import FoundationEssentials
import Hummingbird
import Serving
import Tokens
import Web

/// The public keys of the provider. Source: RFC 7517 §5, OpenID Connect Core §10.1; SR-28.
struct JWKSetEndpoint: Sendable {
    static let path = "/jwks"

    private let desk: Desk
    private let document: PublishedDocument

    /// - Parameter keyLead: how long a new key is published before it signs. A copy of the set may be
    ///   kept for half of it at most, so that it never misses the key of a fresh token.
    init(desk: Desk, keyLead: Duration) {
        self.desk = desk
        document = PublishedDocument(maxAge: min(Self.maxAgeMax, keyLead / 2)) { keyRing, now in
            keyRing.publishedJSON(at: now)
        }
    }

    /// A key that had to be forgotten at once should not live on in copies for longer.
    static let maxAgeMax = Duration.seconds(3600)

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        document.answer(request, desk.keys.current, at: desk.now)
    }
}
