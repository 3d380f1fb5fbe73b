/// The end of a sign-in whose destination is a page of our own: all that is written when a person
/// gets there. Nobody else is told of it, so there is neither grant nor code.
public struct SignInCompletion: Sendable {
    public var account: Account.ID
    /// The account's epoch when the person was proved to be its owner.
    public var epoch: Int64
    public var session: SessionUse
    public var interaction: InteractionEnd
    /// Whether this counts as an access (`Account.lastAccessAt`).
    public var touchesAccess: Bool
    public var changes: [Change]

    public init(
        account: Account.ID, epoch: Int64, session: SessionUse, interaction: InteractionEnd,
        touchesAccess: Bool, changes: [Change] = []
    ) {
        self.account = account
        self.epoch = epoch
        self.session = session
        self.interaction = interaction
        self.touchesAccess = touchesAccess
        self.changes = changes
    }
}

/// What became of a sign-in. In every case but the first nothing was written.
public enum SignInResult: Sendable, Equatable {
    case completed
    /// The interaction is done or at another revision, or its identifier is taken.
    case interactionMoved
    case sessionEnded
    /// Closed, or its epoch is another.
    case accountChanged
}
