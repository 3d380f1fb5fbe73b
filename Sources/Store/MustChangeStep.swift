/// What one step of the command « must change » did.
public struct MustChangeStep: Sendable, Equatable {
    /// Accounts flagged by this step.
    public var flagged: Int
    /// The last account that it looked at, where the next step goes on; none when it has seen all.
    public var last: Account.ID?

    public init(flagged: Int, last: Account.ID?) {
        self.flagged = flagged
        self.last = last
    }
}
