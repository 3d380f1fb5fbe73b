import FoundationEssentials
import Store

/// What the password of an account opens now.
public enum PasswordStanding: Sendable, Equatable {
    /// None was ever given, or only FranceConnect opens this account.
    case none
    case own
    /// Its own, but to be changed at the next sign-in.
    case mustChange
    /// Given by the school: it opens the activation and nothing else (J-C-07, J-C-08).
    case provisional(expired: Bool)

    public init(
        _ account: Account, at now: Date, _ limits: Policy.ProvisionalPasswordLimits
    ) {
        if account.passwordHash != nil {
            self = account.mustChangeSince == nil ? .own : .mustChange
        } else if account.provisionalPasswordHash != nil {
            // Without the day of its letter nothing says that it is still good.
            let end = account.provisionalPasswordAt.map(limits.validity.end)
            self = .provisional(expired: end.map { now > $0 } ?? true)
        } else {
            self = .none
        }
    }
}

/// A password made for a letter.
public struct ProvisionalPassword: Sendable, Equatable {
    public let hash: String
    /// For the director's look and for printing the letter again.
    public let sealed: [UInt8]

    public init(hash: String, sealed: [UInt8]) {
        self.hash = hash
        self.sealed = sealed
    }
}
