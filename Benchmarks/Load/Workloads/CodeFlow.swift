import FoundationEssentials
import NIOCore
import Tokens

/// What the provider under test is, as its discovery and JWK set say.
struct Provider: Sendable {
    let requests: Requests
    let issuer: String
    let keys: JWKSet
}

/// A signed-in parent goes to a teleservice: `/authorize` with PKCE, state and nonce, 302 back, the
/// code to `/token`, and the ID token, whose signature and claims are verified once in 200.
final class CodeFlow: Conversation {
    static let verifiedEvery = 200

    private enum Stage { case authorizing, redeeming }

    private let provider: Provider
    private let client: Credentials
    private let cookie: String
    private let path: String
    private var dice: Dice
    private var stage = Stage.authorizing
    private var verifier = ""
    private var state = ""
    private var nonce = ""
    private var count = 0
    private let got: @Sendable (Gain) -> Void

    /// What a flow whose ID token was verified gave.
    struct Gain: Sendable {
        let accessToken: String
        let refreshToken: String?
        let subject: String
    }

    /// - Parameters:
    ///   - session: the cookie of a signed-in browser.
    ///   - got: is told of every flow that was verified, the first one among them.
    init(
        _ provider: Provider, _ client: Credentials, session: String, seed: Int,
        got: @escaping @Sendable (Gain) -> Void = { _ in }
    ) {
        self.got = got
        self.provider = provider
        self.client = client
        cookie = "Cookie: \(session)\r\n"
        path = AuthorizationQuery.prefix(client)
        dice = Dice(seed: UInt64(seed) &+ 1)
    }

    func begin() -> ByteBuffer {
        stage = .authorizing
        verifier = dice.text(43)
        state = dice.text(22)
        nonce = dice.text(22)
        let challenge = (try? PKCE.challenge(for: verifier)) ?? ""
        let target = path + "&state=\(state)&nonce=\(nonce)&code_challenge=\(challenge)"
        return provider.requests.get(target, headers: cookie)
    }

    func take(_ answer: Answer) -> Step {
        switch stage {
        case .authorizing:
            guard answer.status == 302, let location = answer.location,
                let code = AuthorizationQuery.code(
                    in: location, to: client.redirectURI, state: state, issuer: provider.issuer)
            else { return .unexpected("authorize", answer) }
            stage = .redeeming
            let form =
                "grant_type=authorization_code&code=\(code)&code_verifier=\(verifier)"
                + "&redirect_uri=" + AuthorizationQuery.escape(client.redirectURI)
            return .send(
                provider.requests.post("/token", form: form, headers: client.authorization))
        case .redeeming:
            return tokens(answer)
        }
    }

    private func tokens(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject,
            answer.bodyContains("\"token_type\":\"Bearer\""),
            answer.bodyContains("\"expires_in\":"),
            let accessToken = answer.text(after: "\"access_token\":\""),
            let idToken = answer.text(after: "\"id_token\":\""),
            idToken.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
        else { return .unexpected("token", answer) }
        count += 1
        // The first one too, so that a short run has verified something.
        guard count % Self.verifiedEvery == 1 else { return .done }
        do {
            let claims = try IDTokenClaims.verified(
                idToken, keys: provider.keys, issuer: provider.issuer, clientID: client.id,
                nonce: nonce,
                accessToken: accessToken, at: Date())
            guard (try? JSON(parsing: answer.bodyBytes)) != nil else {
                return .unexpected("JSON", answer)
            }
            let refreshToken = answer.text(after: "\"refresh_token\":\"")
            got(Gain(accessToken: accessToken, refreshToken: refreshToken, subject: claims.subject))
            return .done
        } catch {
            return .failed("ID token: \(error)")
        }
    }
}

/// The query of an authorization request and of its answer.
enum AuthorizationQuery {
    static func prefix(_ client: Credentials) -> String {
        "/authorize?response_type=code&client_id=\(client.id)&redirect_uri="
            + escape(client.redirectURI) + "&scope=" + escape(client.scope)
            + "&code_challenge_method=S256"
    }

    /// The code of an answer that has the redirect URI, state and issuer that were expected.
    static func code(
        in location: String, to redirectURI: String, state: String, issuer: String
    ) -> Substring? {
        guard location.hasPrefix(redirectURI + "?") else { return nil }
        var code: Substring?
        var isState = false
        var isIssuer = false
        for part in location.dropFirst(redirectURI.utf8.count + 1).split(separator: "&") {
            if part.hasPrefix("code=") {
                code = part.dropFirst(5)
            } else if part.hasPrefix("state=") {
                isState = part.dropFirst(6) == state
            } else if part.hasPrefix("iss=") {
                isIssuer = unescape(part.dropFirst(4)) == issuer
            }
        }
        return isState && isIssuer ? code : nil
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return escaped
    }

    private static func unescape(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
