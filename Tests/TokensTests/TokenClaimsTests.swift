import FoundationEssentials
import Testing

@testable import Tokens

@Suite("An access token in JWT form")
struct AccessTokenTests {
    static func claims() throws -> AccessTokenClaims {
        AccessTokenClaims(
            issuer: "https://op.example.org", subject: "5ba552d67",
            audience: ["https://rs.example.com/"],
            clientID: "s6BhdRkqt3", scope: try #require(Scope("openid profile")),
            id: "dbe39bf3a3ba4238a513f51d6e1691c4",
            issuedAt: someDay, expiresAt: someDay.after(.seconds(600)), authenticatedAt: someDay,
            acr: "eidas1", amr: ["fed"], grantID: "g1",
            keyThumbprint: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
    }

    @Test("has RFC 9068 §2's claims and comes back verified, at+jwt only")
    func roundTrip() throws {
        let claims = try Self.claims()
        let keys = JWKSet([try TestKeys.jwk(.es256)])
        func verify(
            _ type: String?, audience: String = "https://rs.example.com/", at now: Date = someDay
        ) throws -> AccessTokenClaims {
            let token = try JWS.compact(
                payload: claims.payload(), type: type, signer: TestKeys.signer(.es256))
            return try AccessTokenClaims.verified(
                token, keys: keys, issuer: "https://op.example.org", audience: audience, at: now)
        }
        #expect(try verify("at+jwt") == claims)
        #expect(try verify("application/at+jwt") == claims)
        for type in [nil, "JWT", "logout+jwt"] {
            #expect(throws: JWTError(.wrongType)) { try verify(type) }
        }
        #expect(throws: JWTError(.wrongAudience)) {
            try verify("at+jwt", audience: "https://other.example/")
        }
        #expect(throws: JWTError(.expired)) {
            try verify("at+jwt", at: someDay.after(.seconds(600)))
        }
        let json = try JSON(parsing: claims.payload())
        #expect(json.member("cnf") == ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"])
        #expect(
            json.member("scope") == "openid profile" && json.member("client_id") == "s6BhdRkqt3")
    }
}

@Suite("A logout token")
struct LogoutTokenTests {
    static func claims(subject: String? = "sub", sessionID: String? = "sid") -> LogoutTokenClaims {
        LogoutTokenClaims(
            issuer: "https://op.example.org", audience: "rp", subject: subject,
            sessionID: sessionID,
            id: "jti", issuedAt: someDay, expiresAt: someDay.after(.seconds(120)))
    }

    static func verify(
        _ payload: [UInt8], type: String? = "logout+jwt", at now: Date = someDay
    ) throws -> LogoutTokenClaims {
        let token = try JWS.compact(payload: payload, type: type, signer: TestKeys.signer(.es256))
        return try LogoutTokenClaims.verified(
            token, keys: JWKSet([TestKeys.jwk(.es256)]), issuer: "https://op.example.org",
            clientID: "rp", at: now)
    }

    /// oidcc-backchannel-rp-initiated-logout
    @Test("has Back-Channel Logout §2.4's claims, no nonce, and comes back verified")
    func roundTrip() throws {
        let claims = Self.claims()
        #expect(
            String(decoding: claims.payload(), as: UTF8.self)
                == #"{"iss":"https://op.example.org","aud":"rp","sub":"sub","sid":"sid","jti":"jti","iat":1795255200,"#
                + #""exp":1795255320,"events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#
        )
        for type in ["logout+jwt", nil, "JWT"] {
            #expect(try Self.verify(claims.payload(), type: type) == claims)
        }
        #expect(try Self.verify(Self.claims(subject: nil).payload()).subject == nil)
        #expect(try Self.verify(Self.claims(sessionID: nil).payload()).sessionID == nil)
    }

    @Test("says that its subject is closed, and by which one it is replaced, beside the logout")
    func closedSubject() throws {
        var claims = Self.claims(sessionID: nil)
        for (successor, event) in [(nil, "{}"), ("other", #"{"replaced_by":"other"}"#)] {
            claims.closing = LogoutTokenClaims.SubjectClosed(replacedBy: successor)
            #expect(
                String(decoding: claims.payload(), as: UTF8.self).hasSuffix(
                    #""events":{"http://schemas.openid.net/event/backchannel-logout":{},"#
                        + #""urn:educonnect:event:subject-closed":\#(event)}}"#))
            #expect(try Self.verify(claims.payload()) == claims)
        }
    }

    @Test("is refused with a nonce, without events, jti, sub and sid, when old, or typed otherwise")
    func refused() throws {
        func changed(_ name: String, _ value: JSON?) throws -> [UInt8] {
            guard case .object(var members) = try JSON(parsing: Self.claims().payload()) else {
                return []
            }
            members[name] = value
            return JSON.object(members).serialized()
        }
        #expect(throws: JWTError(.wrongType)) { try Self.verify(changed("nonce", "n")) }
        #expect(throws: JWTError(.missingClaim)) { try Self.verify(changed("events", nil)) }
        #expect(throws: JWTError(.missingClaim)) { try Self.verify(changed("events", ["x": [:]])) }
        #expect(throws: JWTError(.missingClaim)) {
            try Self.verify(changed("events", [LogoutTokenClaims.event: true]))
        }
        #expect(throws: JWTError(.missingClaim)) { try Self.verify(changed("jti", nil)) }
        #expect(throws: JWTError(.missingClaim)) { try Self.verify(changed("iat", nil)) }
        #expect(throws: JWTError(.malformedClaim)) { try Self.verify(changed("sid", 1)) }
        #expect(throws: JWTError(.missingClaim)) {
            try Self.verify(Self.claims(subject: nil, sessionID: nil).payload())
        }
        #expect(throws: JWTError(.expired)) {
            try Self.verify(Self.claims().payload(), at: someDay.after(.seconds(131)))
        }
        #expect(throws: JWTError(.tooOld)) {
            try Self.verify(changed("exp", nil), at: someDay.after(.seconds(611)))
        }
        #expect(throws: JWTError(.wrongType)) {
            try Self.verify(Self.claims().payload(), type: "at+jwt")
        }
        #expect(throws: JWTError(.missingClaim)) {
            try Self.verify(IDTokenTests.claims(nonce: nil).withAudience("rp").payload(), type: nil)
        }
    }
}

extension IDTokenClaims {
    func withAudience(_ audience: String) -> IDTokenClaims {
        var claims = self
        claims.audience = [audience]
        return claims
    }
}

@Suite("A token issuer")
struct TokenIssuerTests {
    let folder: TemporaryFolder
    let issuer: TokenIssuer
    let keys: JWKSet

    init() throws {
        folder = try TemporaryFolder()
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256, .edDSA], at: someDay)
        let ring = try KeyRing.load(folder: folder.path)
        issuer = TokenIssuer(issuer: "https://op.example.org", keyRing: ring)
        keys = ring.published(at: someDay)
    }

    @Test(
        "signs ID tokens that their client verifies, with the hashes of what goes with them",
        arguments: [Algorithm.es256, .edDSA])
    func idToken(algorithm: Algorithm) throws {
        var claims = IDTokenTests.claims()
        claims.issuer = "ignored"
        let token = try issuer.idToken(
            claims, algorithm: algorithm, accessToken: "at", code: "code", at: someDay)
        let verified = try IDTokenClaims.verified(
            token, keys: keys, allowed: [algorithm], issuer: "https://op.example.org",
            clientID: "s6BhdRkqt3", nonce: "n-0S6_WzA2Mj", accessToken: "at", at: someDay)
        #expect(verified.accessTokenHash == IDTokenClaims.leftHash(of: "at", algorithm))
        #expect(verified.codeHash == IDTokenClaims.leftHash(of: "code", algorithm))
        #expect(try JWS.parse(token).header.keyID != nil)
    }

    @Test("signs the other tokens with their types, and UserInfo with iss and aud but no nonce")
    func others() throws {
        let access = try issuer.accessToken(
            AccessTokenTests.claims(), algorithm: .es256, at: someDay)
        #expect(try JWS.parse(access).header.type == "at+jwt")
        let logout = try issuer.logoutToken(
            LogoutTokenTests.claims(), algorithm: .es256, at: someDay)
        #expect(try JWS.parse(logout).header.type == "logout+jwt")
        let user = try issuer.userInfo(
            UserClaimsTests.parent(), clientID: "rp", scope: try #require(Scope("openid email")),
            algorithm: .edDSA, at: someDay)
        let payload = try JWT(try JWS.verify(JWS.parse(user), keys: keys)).claims
        #expect(payload.members.keys.sorted() == ["aud", "email", "email_verified", "iss", "sub"])
    }

    @Test("has no token without a current key of the algorithm, never another algorithm's")
    func noKey() {
        #expect(throws: TokenIssuerError.noCurrentKey(.rs256)) {
            try issuer.idToken(IDTokenTests.claims(), algorithm: .rs256, at: someDay)
        }
        #expect(throws: TokenIssuerError.noCurrentKey(.es256)) {
            try issuer.idToken(
                IDTokenTests.claims(), algorithm: .es256, at: someDay.after(.seconds(-1)))
        }
    }
}
