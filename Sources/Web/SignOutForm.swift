import HTML
import Serving
import Tokens

/// The form by which a guardian signs out from a page of ours: the one way out is `/logout`'s own.
public enum SignOutForm {
    /// Where it is sent.
    public static let action = "/logout/confirmation"
    /// What its CSRF token is about.
    public static let subject = "logout"
}

extension Visitor {
    /// What the form of the way out carries unseen.
    public var signOutFields: [HiddenField] {
        let token = CSRF(keys: desk.keys, issuer: desk.issuer).token(
            browser: browser, subject: SignOutForm.subject, at: now)
        return token.map { [HiddenField(name: CSRF.field, value: $0)] } ?? []
    }
}
