import Outgoing
import Tokens

/// A provider's discovery document, fetched and checked. Source: OpenID Connect Discovery 1.0 §4.
enum Discovery {
    static let path = "/.well-known/openid-configuration"

    static func fetch(
        issuer: String, _ http: any OutgoingHTTP
    ) async throws(FederationError) -> ProviderMetadata {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let json = try await fetchJSON(base + path, http) { FederationError.unusableMetadata($0) }
        let metadata: ProviderMetadata
        do {
            metadata = try ProviderMetadata(json)
        } catch {
            throw .unusableMetadata("\(error.path): \(error.code)")
        }
        guard metadata.issuer == issuer else { throw .unusableMetadata("issuer differs") }
        guard let authorization = metadata.authorizationEndpoint, metadata.tokenEndpoint != nil,
            metadata.jwksURI != nil
        else { throw .unusableMetadata("an endpoint is missing") }
        _ = try browserURL(authorization, "authorization_endpoint")
        try checkEndpoints(metadata)
        return metadata
    }

    /// An https issuer has https endpoints: whoever could name plain http on this machine would have
    /// us, or a browser, talk to a neighbour. (The hosts that we call are checked by `HTTPFetch`.)
    private static func checkEndpoints(_ metadata: ProviderMetadata) throws(FederationError) {
        if (try? URIReference(metadata.issuer))?.scheme == "http" { return }
        let endpoints = [
            ("authorization_endpoint", metadata.authorizationEndpoint),
            ("token_endpoint", metadata.tokenEndpoint), ("jwks_uri", metadata.jwksURI),
            ("userinfo_endpoint", metadata.userInfoEndpoint),
            ("end_session_endpoint", metadata.endSessionEndpoint),
        ]
        for (name, endpoint) in endpoints {
            guard let endpoint else { continue }
            guard (try? URIReference(endpoint))?.scheme == "https" else {
                throw .unusableMetadata("\(name): scheme")
            }
        }
    }

    /// A URL that a browser will be sent to: https, or http on this machine.
    static func browserURL(_ text: String, _ name: String) throws(FederationError) -> URIReference {
        let uri: URIReference
        do {
            uri = try URIReference(text)
        } catch {
            throw .unusableMetadata("\(name): \(error)")
        }
        let isLocal = uri.host.map { $0.isLoopbackAddress || $0.isLocalhost } ?? false
        guard uri.scheme == "https" || uri.scheme == "http" && isLocal, uri.host != nil,
            uri.fragment == nil
        else {
            throw .unusableMetadata("\(name): scheme or host")
        }
        return uri
    }

    /// A JSON object by GET; any other answer is the caller's error.
    static func fetchJSON(
        _ url: String, _ http: any OutgoingHTTP, _ failure: (String) -> FederationError
    ) async throws(FederationError) -> JSON {
        let answer: OutgoingResponse
        do {
            answer = try await http.send(
                OutgoingRequest(.get, url, headers: [("Accept", "application/json")]))
        } catch {
            throw .unreachable(error)
        }
        if answer.status >= 500 { throw .providerFailed(status: answer.status) }
        guard answer.status == 200 else { throw failure("status \(answer.status)") }
        do {
            return try JSON(parsing: answer.body)
        } catch {
            throw failure("JSON \(error.code)")
        }
    }
}
