import FoundationEssentials

/// The end of an authorization: all that is written when a person is sent back with a code.
public struct Completion: Sendable {
    public var session: SessionUse
    public var interaction: InteractionEnd
    /// `subject` and `sid` are put in by the store; `session` is the caller's (none when offline).
    public var grant: Grant
    public var code: AuthorizationCode
    public var subject: SubjectUse
    /// Used unless (session, client) already has a `sid`.
    public var sid: String
    /// For the children that the claims may name; those that exist already stay as they are.
    public var childSubjects: [SubjectIdentifier]
    /// Whether this counts as an access (`Account.lastAccessAt`).
    public var touchesAccess: Bool
    public var changes: [Change]

    public init(
        session: SessionUse, interaction: InteractionEnd, grant: Grant, code: AuthorizationCode,
        subject: SubjectUse, sid: String, childSubjects: [SubjectIdentifier] = [],
        touchesAccess: Bool,
        changes: [Change] = []
    ) {
        self.session = session
        self.interaction = interaction
        self.grant = grant
        self.code = code
        self.subject = subject
        self.sid = sid
        self.childSubjects = childSubjects
        self.touchesAccess = touchesAccess
        self.changes = changes
    }
}

/// The session that an authorization or a sign-in belongs to.
public enum SessionUse: Sendable {
    /// A session that was alive when it was read; it must still be. `touching` notes that it was
    /// used.
    case existing(Session.ID, touching: Bool)
    /// The same person has signed in anew: facts, acr, amr, auth_time, the secret of the cookie and
    /// the end are replaced, the identifier and what is bound to it stay.
    case renewed(Session)
    /// A new sign-in. The session that the browser had before, another person's perhaps, ends.
    case opened(Session, ending: Session.ID?)

    /// The session that is used, renewed or opened.
    public var id: Session.ID {
        switch self {
        case .existing(let id, _): id
        case .renewed(let session), .opened(let session, _): session.id
        }
    }
}

/// How the interaction ends.
public enum InteractionEnd: Sendable {
    /// There is none: the request was answered at once.
    case none
    /// The row under this revision.
    case stored(InteractionRecord.ID, revision: Int64)
    /// It was never written; its row is made as done, so that the sealed text can't begin it.
    case sealed(InteractionRecord)
}

/// The `sub` of an authorization.
public enum SubjectUse: Sendable {
    /// Read from the table before; it never changes.
    case known(String)
    /// Written unless the table has one already.
    case candidate(SubjectIdentifier)
}

/// What became of an authorization. In every case but the first nothing was written.
public enum CompletionResult: Sendable {
    /// The grant as written, with its `subject` and `sid`; `sid` also for an offline grant.
    case completed(Grant, sid: String)
    /// The interaction is done or at another revision, or its identifier is taken.
    case interactionMoved
    case sessionEnded
    /// Closed, or its epoch is not the grant's.
    case accountChanged
}
