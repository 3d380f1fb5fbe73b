import FoundationEssentials
import Tokens

/// A sign-in under way: what was sent, kept until the browser returns. Secret; single use.
///
/// It is kept sealed in a cookie of the browser that began, or on the server, bound to that
/// browser.
public struct PendingSignIn: Sendable, Equatable {
    /// Where the provider says nothing else. Longer than any sign-in with an activation in between
    /// is of no use: the page offers a new start.
    public static let lifetime: Duration = .seconds(2 * 3600)

    /// The issuer the browser was sent to (mix-up, security.md 2.30).
    public let issuer: String
    /// 256 random bits each (SR-35); the state's come after the wish's prefix and a dot.
    public let state: String
    public let nonce: String
    /// Nil where the provider refuses PKCE.
    public let verifier: Secret?
    public let wish: SignInWish
    public let expiresAt: Date

    init(
        issuer: String, state: String, nonce: String, verifier: Secret?, wish: SignInWish,
        expiresAt: Date
    ) {
        self.issuer = issuer
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.wish = wish
        self.expiresAt = expiresAt
    }

    /// What `SignInWish.statePrefix` was, read from a state that came from outside: good for a
    /// look-up, no proof of anything. Nil where the state has none.
    public static func prefix(ofState state: String) -> String? {
        // The random part is base64url, which has no dot.
        guard let dot = state.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let prefix = String(state[..<dot])
        return isStatePrefix(prefix) ? prefix : nil
    }

    static func isStatePrefix(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~".utf8.contains(byte)
                }
            }
    }

    /// For sealing. Times are epoch seconds.
    public var json: JSON {
        var members: [String: JSON] = [
            "iss": .string(issuer), "state": .string(state), "nonce": .string(nonce),
            "exp": .integer(Int64(expiresAt.timeIntervalSince1970)),
        ]
        if let verifier { members["verifier"] = .string(verifier.text) }
        if let prompt = wish.prompt { members["prompt"] = .string(prompt) }
        if let maxAge = wish.maxAge { members["max_age"] = .integer(maxAge.components.seconds) }
        if !wish.acrValues.isEmpty { members["acr"] = .array(wish.acrValues.map { .string($0) }) }
        if let hint = wish.loginHint { members["hint"] = .string(hint) }
        if !wish.note.isEmpty { members["note"] = .string(wish.note) }
        return .object(members)
    }

    /// Reads `json` back, out of a sealed box.
    public init(_ json: JSON) throws(JSONError) {
        let members = try json.members()
        issuer = try members.requiredString("iss")
        state = try members.requiredString("state")
        nonce = try members.requiredString("nonce")
        verifier = try members.optionalString("verifier").map { Secret($0) }
        wish = SignInWish(
            prompt: try members.optionalString("prompt"),
            maxAge: try members.integer("max_age").map { .seconds($0) },
            acrValues: try members.stringArray("acr") ?? [],
            loginHint: try members.optionalString("hint"),
            statePrefix: Self.prefix(ofState: state) ?? "",
            note: try members.optionalString("note") ?? "")
        expiresAt = Date(timeIntervalSince1970: TimeInterval(try members.requiredInteger("exp")))
    }
}
