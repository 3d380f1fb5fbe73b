/// The names of a program's cookies, and the header fields that set and clear them (D15, SR-57).
///
/// Over https they carry the prefix `__Host-`, which a browser accepts only with `Secure`, `Path=/`
/// and no `Domain`; plain http is for development on loopback, where several programs share a host.
public struct CookieNames: Sendable {
    public let isSecure: Bool
    /// What the program is called in cookie names: `educonnect`, `lsu`.
    public let application: String
    /// The random name of a browser, from which CSRF tokens derive.
    public let browser: String
    /// How the names of the cookies begin that are held by the browser in which something was typed or
    /// proved, one a flow, until that flow ends.
    public let proof: String
    /// A signed-in person's session.
    public let session: String
    /// A signed-in staff member's session, apart from the person's own.
    public let staffSession: String

    public init(secure: Bool, application: String) {
        isSecure = secure
        self.application = application
        let prefix = secure ? "__Host-\(application)" : "\(application)-dev"
        browser = "\(prefix)-browser"
        proof = "\(prefix)-proof"
        session = "\(prefix)-session"
        staffSession = "\(prefix)-staff"
    }

    /// The proof of one flow: two that run side by side in a browser leave each other's alone.
    ///
    /// - Parameter flow: characters of RFC 6265 §4.1.1.
    public func proof(of flow: String) -> String { "\(proof)-\(flow)" }

    /// The value of a `Set-Cookie` field.
    ///
    /// - Parameters:
    ///   - value: characters of RFC 6265 §4.1.1 only; others are left out.
    ///   - maxAge: `nil`: until the browser closes.
    public func setCookie(_ name: String, _ value: String, maxAge: Duration? = nil) -> String {
        let clean = value.utf8.filter(CookieJar.isCookieOctet)
        var field =
            "\(name)=\(String(decoding: clean, as: UTF8.self)); Path=/; HttpOnly; SameSite=Lax"
        if isSecure { field += "; Secure" }
        if let maxAge { field += "; Max-Age=\(maxAge.components.seconds)" }
        return field
    }

    /// Removes the cookie `name` from the browser.
    public func expire(_ name: String) -> String {
        setCookie(name, "", maxAge: .zero)
    }
}
