import FoundationEssentials
import Store
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

/// What says something of who somebody is. All proofs of a flow are about one person: the account, or
/// the directory records, that the interaction names.
public enum Proof: Sendable, Equatable {
    /// The account's own password; also one chosen just now by somebody who had proved enough.
    case password
    /// The letter's password: opens the activation and nothing else (SR-54).
    case provisionalPassword
    /// A provider vouched for a subject that this account is linked to, at the level it asserted.
    case upstream(AuthenticationContext)
    /// A code sent to the directory's number. It never signs anybody in: it proves a number to the
    /// candidates of an enrolment, or steps up an account that has said who it is.
    case smsCode
    /// The birth dates of all the candidates' children: they confirm, and authenticate nobody (SR-55).
    case birthDates
}

/// What a person has decided on the way.
public enum Decision: Sendable, Equatable {
    /// The scopes that a teleservice may have, as the person saw them.
    case consented(Scope)
    /// To go no further: the teleservice is told `access_denied`.
    case refused
    /// « Gérer mon compte » on C-1: the activation form may be shown.
    case openedActivation
    /// The address that waits for its confirmation was looked at: kept, corrected, or left for later.
    case checkedAddress
    /// To let an identity open the account; the link itself is the store's.
    case linked
}

/// The authentication context class of a sign-in: what an ID token says in `acr`.
///
/// A password account never claims an eIDAS level, and a provider's level is told as it was asserted,
/// never raised. Levels are compared by membership in the list that a client asks for, never by
/// order (D20, SR-09, SR-38).
public enum AuthenticationContext: String, Sendable, Equatable, CaseIterable {
    case password = "urn:educonnect:acr:password"
    /// The password, and a code sent to the directory's number.
    case passwordSMS = "urn:educonnect:acr:password-sms"
    case eidas1, eidas2, eidas3

    /// Those that can come of a sign-in here: FranceConnect asserts the lowest alone.
    public static let offered: [AuthenticationContext] = [.password, .passwordSMS, .eidas1]
}

/// What the facts of a sign-in amount to: the `acr`, `amr` and `auth_time` of every token issued
/// from it. Source: OpenID Connect Core §2, RFC 8176.
public struct AuthenticationSummary: Sendable, Equatable {
    public let context: AuthenticationContext
    /// `amr` values, in the order proved: `pwd`, `sms`; or `fed`.
    public let methods: [String]
    /// Of the proof that said who it is: a code afterwards makes it no fresher.
    public let time: Date

    /// The method of somebody whom a provider vouched for.
    static let federated = "fed"
    public var isFederated: Bool { methods == [Self.federated] }

    /// Nil while nobody has said who they are: codes, birth dates and a letter's password do not.
    public init?(_ facts: [Fact]) {
        var signIn: (proof: Proof, at: Date)?
        var hasCode = false
        for case .proved(let proof, let date) in facts {
            switch proof {
            case .password, .upstream:
                if signIn.map({ $0.at <= date }) ?? true { signIn = (proof, date) }
            case .smsCode: hasCode = true
            case .provisionalPassword, .birthDates: break
            }
        }
        guard let signIn else { return nil }
        time = signIn.at
        if case .upstream(let level) = signIn.proof {
            (context, methods) = (level, [Self.federated])
        } else {
            (context, methods) = hasCode ? (.passwordSMS, ["pwd", "sms"]) : (.password, ["pwd"])
        }
    }
}

extension Session {
    /// Whether a provider vouched for its owner (`amr`).
    public var isFederated: Bool { amr == AuthenticationSummary.federated }
}

extension [Fact] {
    /// Whether this was proved, whenever.
    public func prove(_ wanted: Proof) -> Bool {
        contains { if case .proved(let proof, _) = $0 { proof == wanted } else { false } }
    }

    public var haveOpenedActivation: Bool { have(decided: .openedActivation) }
    var haveCheckedAddress: Bool { have(decided: .checkedAddress) }
    public var haveLinked: Bool { have(decided: .linked) }

    private func have(decided wanted: Decision) -> Bool {
        contains { if case .decided(let decision, _) = $0 { decision == wanted } else { false } }
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
