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
    /// Who the facts are about; nil until the first proof.
    public var account: ProvedAccount?
    public var facts: [Fact]
    /// The SHA-256 of the cookie that came with the proof; nil while there is none. The browser's own
    /// cookie is old and lives long: whoever noted it on a shared computer must gain nothing from what
    /// is proved there later (SR-56).
    public var holder: Digest?
    /// Where the facts came from: a live session, if the person had not to sign in again.
    public var session: Session.ID?
    public var expiresAt: Date

    /// Why somebody is here.
    public enum Purpose: Sendable, Equatable {
        case signIn(AuthorizationRequest)
    }

    public typealias ID = InteractionRecord.ID

    public init(
        id: ID, browser: Digest, purpose: Purpose, account: ProvedAccount? = nil,
        facts: [Fact] = [], holder: Digest? = nil, session: Session.ID? = nil, revision: Int64 = 1,
        expiresAt: Date
    ) {
        self.id = id
        self.revision = revision
        self.browser = browser
        self.purpose = purpose
        self.account = account
        self.facts = facts
        self.holder = holder
        self.session = session
        self.expiresAt = expiresAt
    }

    /// Forgets who it is about and what was shown: the person begins again.
    public mutating func forgetPerson() {
        account = nil
        facts = []
        holder = nil
        session = nil
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
        guard let present, present.state == .active else { return false }
        return ProvedAccount(present) == self
    }
}

extension Interaction {
    /// The interaction as a browser sees it that holds this proof: without it, nothing is proved yet.
    public func seen(holding proof: Digest?) -> Interaction {
        guard let holder else { return self }
        if let proof, ConstantTime.equal(holder.bytes, proof.bytes) { return self }
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
