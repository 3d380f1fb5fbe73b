import FoundationEssentials
import Outgoing
import Tokens

/// What the token endpoint gave for a code.
struct TokenSet: Sendable {
    let accessToken: Secret
    let idToken: Secret
}

/// Redeems an authorization code at the token endpoint. Source: RFC 6749 §4.1.3, Core §3.1.3.
struct CodeExchange {
    /// Of a client assertion: long enough for the call, short enough to be worthless afterwards.
    private static let assertionLifetime: Duration = .seconds(60)
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private let configuration: RelyingParty.Configuration
    private let metadata: ProviderMetadata
    private let http: any OutgoingHTTP

    init(
        _ configuration: RelyingParty.Configuration, _ metadata: ProviderMetadata,
        _ http: any OutgoingHTTP
    ) {
        self.configuration = configuration
        self.metadata = metadata
        self.http = http
    }

    func redeem(
        _ code: Secret, verifier: Secret?, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> TokenSet {
        var parameters = [
            ("grant_type", "authorization_code"), ("code", code.text),
            ("redirect_uri", configuration.redirectURI),
        ]
        if let verifier { parameters.append(("code_verifier", verifier.text)) }
        var headers = [
            (name: "Accept", value: "application/json"),
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        try authenticate(&parameters, &headers, at: now, random: random)
        let answer: OutgoingResponse
        do {
            answer = try await http.send(
                OutgoingRequest(
                    .post, metadata.tokenEndpoint ?? "", headers: headers,
                    body: Array(Form.encode(parameters).utf8)))
        } catch {
            throw .unreachable(error)
        }
        return try Self.tokens(in: answer)
    }

    private func authenticate(
        _ parameters: inout [(String, String)], _ headers: inout [(name: String, value: String)],
        at now: Date,
        random: (_ byteCount: Int) -> [UInt8]
    ) throws(FederationError) {
        switch configuration.authentication {
        case .none:
            parameters.append(("client_id", configuration.clientID))
        case .secretBasic(let secret):
            // Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
            let pair =
                Self.formEncoded(configuration.clientID) + ":" + Self.formEncoded(secret.text)
            headers.append(
                (name: "Authorization", value: "Basic " + Base64.encode(Array(pair.utf8))))
        case .secretPost(let secret):
            parameters.append(("client_id", configuration.clientID))
            parameters.append(("client_secret", secret.text))
        case .privateKeyJWT(let signer):
            parameters.append(("client_id", configuration.clientID))
            parameters.append(("client_assertion_type", Self.assertionType))
            parameters.append(("client_assertion", try assertion(signer, at: now, random: random)))
        }
    }

    /// RFC 7523 §3; the audience is the issuer alone, one string (design D25).
    private func assertion(
        _ signer: Signer, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) throws(FederationError) -> String {
        let issuedAt = Int64(now.timeIntervalSince1970)
        var payload = JSONWriter(reserving: 256)
        payload.object { payload in
            payload.member("iss", configuration.clientID)
            payload.member("sub", configuration.clientID)
            payload.member("aud", configuration.issuer)
            payload.member("jti", Base64URL.encode(random(16)))
            payload.member("iat", issuedAt)
            payload.member("exp", issuedAt + Self.assertionLifetime.components.seconds)
        }
        do {
            return try JWS.compact(payload: payload.bytes, signer: signer)
        } catch {
            throw .signing
        }
    }

    private static func tokens(in answer: OutgoingResponse) throws(FederationError) -> TokenSet {
        if answer.status >= 500 { throw .providerFailed(status: answer.status) }
        guard answer.status == 200 else {
            let error = (try? JSON(parsing: answer.body))?.member("error")?.string
            throw .tokenRefused(code: error ?? "status \(answer.status)")
        }
        do throws(JSONError) {
            let members = try JSON(parsing: answer.body).members()
            let type = try members.requiredString("token_type")
            guard type.lowercased() == "bearer" else {
                throw JSONError(.invalidValue, at: "token_type")
            }
            let accessToken = try members.requiredString("access_token")
            let idToken = try members.requiredString("id_token")
            return TokenSet(accessToken: Secret(accessToken), idToken: Secret(idToken))
        } catch {
            throw .malformedTokenResponse("\(error.path) \(error.code)")
        }
    }

    private static func formEncoded(_ text: String) -> String {
        // `x=` is what `encode` puts before a value of that name.
        String(Form.encode([("x", text)]).dropFirst(2))
    }
}
