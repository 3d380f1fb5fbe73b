import FoundationEssentials
import Outgoing
import Tokens

/// Fetches the claims of the person who has signed in. Source: Core §5.3.
struct UserInfoRequest {
    private let configuration: RelyingParty.Configuration
    private let endpoint: String
    private let http: any OutgoingHTTP
    private let keySet: RemoteKeySet

    init(
        _ configuration: RelyingParty.Configuration, _ endpoint: String, _ http: any OutgoingHTTP,
        _ keySet: RemoteKeySet
    ) {
        self.configuration = configuration
        self.endpoint = endpoint
        self.http = http
        self.keySet = keySet
    }

    /// Plain JSON where the configuration allows it, or a JWT signed by the provider for us.
    func claims(
        with accessToken: Secret, of subject: String, at now: Date
    ) async throws(FederationError) -> JSONMembers {
        let headers = [
            (name: "Accept", value: mustBeSigned ? "application/jwt" : Self.bothTypes),
            (name: "Authorization", value: "Bearer " + accessToken.text),
        ]
        let answer: OutgoingResponse
        do {
            answer = try await http.send(OutgoingRequest(.get, endpoint, headers: headers))
        } catch {
            throw .unreachable(error)
        }
        if answer.status >= 500 { throw .providerFailed(status: answer.status) }
        guard answer.status == 200 else { throw .userInfo("status \(answer.status)") }
        let claims: JSONMembers
        switch answer.mediaType {
        case "application/json" where !mustBeSigned:
            do {
                claims = try JSON(parsing: answer.body).members()
            } catch {
                throw .userInfo("JSON \(error.code)")
            }
        case "application/jwt":
            claims = try await signedClaims(String(decoding: answer.body, as: UTF8.self), at: now)
        default:
            throw .userInfo("media type \(answer.mediaType ?? "none")")
        }
        guard claims.member("sub")?.string == subject else { throw .subjectMismatch }
        return claims
    }

    private static let bothTypes = "application/json, application/jwt"

    private var mustBeSigned: Bool { configuration.userInfo == .signed }

    private func signedClaims(
        _ text: String, at now: Date
    ) async throws(FederationError) -> JSONMembers {
        let result = try await keySet.verify(at: now) { (keys) throws(JWTError) -> JSONMembers in
            let verified = try JWS.verify(
                JWS.parse(text), keys: keys, allowed: configuration.idTokenAlgorithms)
            let token = try JWT(verified)
            var expectation = JWT.Expectation(
                issuer: configuration.issuer, audience: configuration.clientID)
            expectation.requiresExpiry = mustBeSigned
            expectation.ageMax = configuration.tokenAgeMax
            if mustBeSigned, token.audience.count > 1 { throw JWTError(.wrongAudience) }
            try token.check(expectation, at: now, leeway: configuration.leeway)
            return token.claims
        }
        do {
            return try result.get()
        } catch {
            throw .userInfo("\(error.code)")
        }
    }
}
