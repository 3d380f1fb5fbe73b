import FoundationEssentials
import Outgoing
import Tokens

/// The provider's public keys, from the `jwks_uri` its metadata names. Source: Core §10.1.1.
struct RemoteKeySet: Sendable {
    private let document: RemoteDocument<JWKSet>

    init(_ metadata: RemoteDocument<ProviderMetadata>, _ http: any OutgoingHTTP) {
        document = RemoteDocument { () async throws(FederationError) -> JWKSet in
            // The wall clock doesn't matter here: the metadata has been read for this very sign-in.
            guard let uri = await metadata.latest?.jwksURI else {
                throw .unusableKeys("no jwks_uri")
            }
            let json = try await Discovery.fetchJSON(uri, http) { FederationError.unusableKeys($0) }
            do {
                return try JWKSet(json)
            } catch {
                throw .unusableKeys("\(error)")
            }
        }
    }

    /// Runs a verification; where it finds no key, once more with a fresh set, at most once a
    /// minute (rotation just before signing).
    func verify<Verified>(
        at now: Date, _ body: (JWKSet) throws(JWTError) -> Verified
    ) async throws(FederationError) -> Result<Verified, JWTError> {
        let first = Self.run(try await document.current(at: now), body)
        guard case .failure(let error) = first, error.code == .unknownKey,
            let newer = try await document.refetched(at: now)
        else { return first }
        return Self.run(newer, body)
    }

    private static func run<Verified>(
        _ keys: JWKSet, _ body: (JWKSet) throws(JWTError) -> Verified
    ) -> Result<Verified, JWTError> {
        do {
            return .success(try body(keys))
        } catch {
            return .failure(error)
        }
    }
}
