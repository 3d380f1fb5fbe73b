/// A directory record that an enrolment may be about: one that represents at least one child (J-§8.2
/// no. 7).
public struct EnrolmentCandidate: Sendable, Equatable {
    /// More records than this with one number: it is a placeholder, and tells nothing of a person.
    public static let sharingNumberMax = 50

    public var guardian: Guardian
    /// The record's account as it is now, whatever its state.
    public var account: Account

    public init(guardian: Guardian, account: Account) {
        self.guardian = guardian
        self.account = account
    }
}
