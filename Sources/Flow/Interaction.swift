import FoundationEssentials
import Store
import Tokens

/// A person on the way through a flow: what was asked, who they have shown to be, what is proved.
///
/// Until the first form is posted it lives only in the browser, sealed; then as a row that changes
/// under `revision`, so that of two parallel posts one wins. It belongs to the browser that began
/// it: whoever copies the address into another browser gets nowhere (SR-60; security history 2.7).
public struct Interaction: Sendable, Equatable {
    /// Ordered by time, with 80 random bits; in addresses as base64url.
    public let id: ID
    public var revision: Int64
    /// The SHA-256 of the browser's cookie.
    public let browser: Digest
    public let purpose: Purpose
    /// Who the facts are about.
    public var who: Who
    public var facts: [Fact]
    /// A person whom a provider vouched for and whom no account of ours is linked to yet.
    public var upstream: UpstreamSignIn?
    /// What was sent out and has not come back.
    public var pending: Pending?
    /// What somebody asked for who can't sign in. Beside it nobody is known and nothing is proved.
    public var recovery: Recovery?
    /// What was typed, kept for a second screen or a way back.
    public var draft: Draft?
    /// Said once by the next screen.
    public var notice: Notice?
    /// The last form, where it could not be taken.
    public var refused: RefusedForm?
    /// The SHA-256 of the cookie that came with the first form; nil while there is none. The browser's
    /// own cookie is old and lives long: whoever noted it on a shared computer must gain nothing from
    /// what is typed and proved there later (SR-56).
    public var holder: Digest?
    /// Where the facts came from: a live session, if the person had not to sign in again.
    public var session: Session.ID?
    public var expiresAt: Date

    /// Why somebody is here.
    public enum Purpose: Sendable, Equatable {
        case signIn(Destination)
        /// Whoever is signed in already lets an identity of a provider open their account from now on;
        /// the page is where they asked for it (journeys.md §8.2 no. 9).
        case link(PageRequest)
    }

    /// What the next screen says once about what has just happened elsewhere.
    public enum Notice: String, Sendable, Equatable, CaseIterable {
        /// The session has just been ended from a page of ours.
        case signedOut
        /// The provider refused, failed, or answered what can't be trusted.
        case upstreamFailed
        /// The provider can't be reached: our own doors stay open.
        case upstreamUnavailable
        /// What the provider vouches for belongs to somebody else's account.
        case upstreamTaken
        /// The account that a provider's subject was linked to is closed.
        case upstreamClosed
        /// The provider vouches for other names than the directory has of the account's owner.
        case upstreamOtherPerson
        /// An account exists already (journey B, told after the code in the `modern` profile).
        case alreadyActive
        /// The letter's password went out of date while its form was filled in.
        case provisionalExpired
    }

    public typealias ID = InteractionRecord.ID

    public init(
        id: ID, browser: Digest, purpose: Purpose, who: Who = .unknown, facts: [Fact] = [],
        upstream: UpstreamSignIn? = nil, pending: Pending? = nil, recovery: Recovery? = nil,
        draft: Draft? = nil, notice: Notice? = nil, refused: RefusedForm? = nil,
        holder: Digest? = nil,
        session: Session.ID? = nil,
        revision: Int64 = 1, expiresAt: Date
    ) {
        self.id = id
        self.revision = revision
        self.browser = browser
        self.purpose = purpose
        self.who = who
        self.facts = facts
        self.upstream = upstream
        self.pending = pending
        self.recovery = recovery
        self.draft = draft
        self.notice = notice
        self.refused = refused
        self.holder = holder
        self.session = session
        self.expiresAt = expiresAt
    }

    /// Where everything here leads.
    public var destination: Destination {
        switch purpose {
        case .signIn(let destination): destination
        case .link(let request): .page(request)
        }
    }

    /// Whether this links an identity, and signs nobody in.
    public var isLinking: Bool {
        if case .link = purpose { true } else { false }
    }

    /// The account that the facts are about.
    public var account: ProvedAccount? {
        if case .account(let account) = who { account } else { nil }
    }

    /// Forgets who it is about, what was shown and what was typed: the person begins again.
    public mutating func forgetPerson() {
        who = .unknown
        facts = []
        upstream = nil
        pending = nil
        recovery = nil
        draft = nil
        refused = nil
        holder = nil
        session = nil
    }
}

/// Who somebody is, as far as it is known.
public enum Who: Sendable, Equatable {
    case unknown
    /// The directory records of one person who is enrolling. Empty where none agrees and the profile
    /// doesn't say so: then no code was sent and none is right.
    case candidates([Guardian.ID])
    case account(ProvedAccount)
}

/// What was sent out, and what must come back for it. One at a time; what replaces it voids it.
public enum Pending: Sendable, Equatable {
    /// The browser was sent to a provider: `request` is what Federation kept for its return.
    case upstream(provider: String, request: String)
    /// A code is on its way to a telephone.
    case code(SMSChallenge.ID)
    /// A link is on its way to a mailbox; C-4 waits.
    case mail(MailToken.ID)
}

/// What a provider said of a person, every check done, until a proof of our own links it to an
/// account (SR-37).
public struct UpstreamSignIn: Sendable, Equatable {
    public let provider: String
    /// With `subject` the only key; all else may change.
    public let issuer: String
    public let subject: String
    public let level: AuthenticationContext
    public let names: PivotNames
    /// As it came, for the provider's sign-out.
    public let idToken: String
    public let at: Date

    public init(
        provider: String, issuer: String, subject: String, level: AuthenticationContext,
        names: PivotNames, idToken: String, at: Date
    ) {
        self.provider = provider
        self.issuer = issuer
        self.subject = subject
        self.level = level
        self.names = names
        self.idToken = idToken
        self.at = at
    }
}

/// What was typed. A password is kept only as its hash.
public struct Draft: Sendable, Equatable {
    public var lastName: String?
    public var firstName: String?
    /// As typed.
    public var mobileNumber: String?
    public var email: String?
    public var passwordHash: String?

    public init(
        lastName: String? = nil, firstName: String? = nil, mobileNumber: String? = nil,
        email: String? = nil, passwordHash: String? = nil
    ) {
        self.lastName = lastName
        self.firstName = firstName
        self.mobileNumber = mobileNumber
        self.email = email
        self.passwordHash = passwordHash
    }
}

/// The screen of a form that was refused, with what was typed (never a password) and what is wrong.
/// Kept, so that the answer to the form can be a redirect to it: a browser's way back then leads to a
/// screen, not to the question whether to send the form again (J §3.0 no. 6).
///
/// As it was rendered, since each step says in its own way what is wrong; sealed with the rest, and
/// shown for a short while: what a person typed is theirs to correct, not the next one's to read.
public struct RefusedForm: Sendable, Equatable {
    public let step: StepID
    public let title: String
    /// The markup between header and footer.
    public let content: String
    public let expiresAt: Date

    /// Twice a screen of ours whose links carry a usual request, sealed; well below what a row may hold.
    public static let byteCountMax = 12 * 1024
    public static let lifetime = Duration.seconds(15 * 60)

    public init(step: StepID, title: String, content: String, expiresAt: Date) {
        self.step = step
        self.title = title
        self.content = content
        self.expiresAt = expiresAt
    }
}

/// An account as it was when somebody showed to be its owner. What was shown with a password that
/// has been replaced since says nothing any more (security history 2.18).
public struct ProvedAccount: Sendable, Equatable {
    public let id: Account.ID
    public let epoch: Int64

    public init(id: Account.ID, epoch: Int64) {
        self.id = id
        self.epoch = epoch
    }

    public init(_ account: Account) {
        self.init(id: account.id, epoch: account.epoch)
    }

    /// The owner of a live session, which lives in its account's epoch only.
    public init(_ session: Session) {
        self.init(id: session.account, epoch: session.accountEpoch)
    }

    /// Whether the account, as it is now, is still open and in the same epoch.
    public func stands(_ present: Account?) -> Bool {
        guard let present, present.state != .closed else { return false }
        return ProvedAccount(present) == self
    }
}

extension Interaction {
    /// The interaction as a browser sees it that holds this proof, or the cookie of the session that the
    /// facts came from: without either, nothing is proved yet.
    public func seen(holding proof: Digest?, session held: Session.ID? = nil) -> Interaction {
        if let holder {
            if let proof, ConstantTime.equal(holder.bytes, proof.bytes) { return self }
        } else if session == nil || session == held {
            return self
        }
        var unproved = self
        unproved.forgetPerson()
        return unproved
    }
}

extension InteractionRecord.ID {
    /// Reads the form used in addresses: base64url of the 16 bytes.
    public init?(address text: some StringProtocol) {
        guard text.utf8.count == 22, let bytes = Base64URL.decode(String(text)) else { return nil }
        self.init(bytes: bytes)
    }

    public var address: String { Base64URL.encode(bytes) }
}
