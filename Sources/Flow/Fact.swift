import FoundationEssentials
import Tokens

/// What a person has shown during a flow, and when. Facts are only ever added; what may happen next
/// is computed from them and never from a page, an address or a flag of the browser.
public enum Fact: Sendable, Equatable {
    case proved(Proof, at: Date)
    case decided(Decision, at: Date)
}

extension Fact {
    var isRefusal: Bool {
        if case .decided(.refused, _) = self { true } else { false }
    }
}

/// What says who somebody is. One fact, one person.
public enum Proof: String, Sendable, Equatable, CaseIterable {
    case password
}

/// What a person has agreed to.
public enum Decision: Sendable, Equatable {
    /// The scopes that a teleservice may have, as the person saw them.
    case consented(Scope)
    /// To go no further: the teleservice is told `access_denied`.
    case refused
}

/// The authentication context class of a sign-in: what an ID token says in `acr`.
///
/// A password account never claims an eIDAS level. Levels are compared by membership in the list
/// that a client asks for, never by order (D20, SR-09).
public enum AuthenticationContext: String, Sendable, Equatable, CaseIterable {
    case password = "urn:educonnect:acr:password"
}

/// What the facts of a sign-in amount to: the `acr`, `amr` and `auth_time` of every token issued
/// from it. Source: OpenID Connect Core §2, RFC 8176.
public struct AuthenticationSummary: Sendable, Equatable {
    public let context: AuthenticationContext
    /// `amr` values, in the order proved: `pwd`.
    public let methods: [String]
    public let time: Date

    /// Nil while nothing has been proved.
    public init?(_ facts: [Fact]) {
        var latest: Date?
        for case .proved(.password, let date) in facts {
            latest = max(latest ?? date, date)
        }
        guard let latest else { return nil }
        context = .password
        methods = ["pwd"]
        time = latest
    }
}

extension Scope {
    /// The scopes that a person has agreed to in the course of these facts.
    static func consented(in facts: [Fact]) -> [Scope] {
        facts.compactMap { fact in
            if case .decided(.consented(let scope), _) = fact { scope } else { nil }
        }
    }
}
