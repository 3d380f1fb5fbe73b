import FoundationEssentials
import Federation
import Serving
import Tokens

/// The sign-ins that a browser has begun and not finished, sealed in a cookie of that browser: an
/// anonymous request leaves nothing in our memory, and nobody else can finish it (SR-35).
struct SignInCookie: Sendable {
    /// In as many tabs; an older one gives way.
    static let pendingMax = 3
    private static let context = "teleservice sign-in"

    let name: String
    private let names: CookieNames
    private let key: StoreKey

    /// - Parameter keyBytes: 32 random bytes, new at each start: a sign-in under way is then begun again.
    init?(_ names: CookieNames, keyBytes: [UInt8]) {
        guard let key = StoreKey(id: "00000001", bytes: keyBytes) else { return nil }
        self.names = names
        self.key = key
        name = names.session.replacing("-session", with: "-signin")
    }

    /// What the browser brought; garbage, foreign and expired ones count as none.
    func pending(in cookies: CookieJar, at now: Date) -> [PendingSignIn] {
        guard let text = cookies[name], let bytes = Base64URL.decode(text),
            let opened = try? SealedBox(bytes).open(context: Self.context, keys: [key]),
            case .array(let elements)? = try? JSON(parsing: opened)
        else { return [] }
        return elements.compactMap { try? PendingSignIn($0) }.filter { now < $0.expiresAt }
    }

    /// The `Set-Cookie` field that keeps these, newest last.
    func setCookie(_ pending: [PendingSignIn], random: (_ byteCount: Int) -> [UInt8]) -> String {
        guard !pending.isEmpty else { return names.expire(name) }
        let json = JSON.array(pending.suffix(Self.pendingMax).map(\.json))
        let box = SealedBox.seal(
            json.serialized(), context: Self.context, key: key,
            nonce: random(SealedBox.nonceByteCount))
        return names.setCookie(
            name, Base64URL.encode(box.bytes), maxAge: PendingSignIn.lifetime)
    }
}
