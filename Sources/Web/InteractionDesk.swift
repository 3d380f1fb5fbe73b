import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

/// Finds the interaction that an address names, for the browser that began it, and tells how far it
/// has come.
public struct InteractionDesk: Sendable {
    let desk: Desk
    public let seal: InteractionSeal

    public init(desk: Desk) {
        self.desk = desk
        seal = InteractionSeal(keys: desk.keys)
    }

    /// What was found under an address.
    public enum Found: Sendable {
        /// - isStored: whether it has a row already; otherwise it came sealed from the browser.
        case live(Interaction, isStored: Bool)
        /// Answered already, or too old: its sealed form can't begin it again.
        case over
        /// Begun in another browser, or by nobody.
        case unknown
    }

    public func find(
        _ id: Interaction.ID, sealed: String?, _ cookies: CookieJar, at now: Date
    ) async throws -> Found {
        guard let browser = cookies[desk.cookies.browser].map({ Digest.sha256($0) }) else {
            return .unknown
        }
        if let record = try await desk.store.read({ try $0.interaction(id) }) {
            guard ConstantTime.equal(record.browserHash, browser.bytes) else { return .unknown }
            // An answered one is kept empty, so that its sealed form can't begin it again.
            guard record.doneAt == nil, record.expiresAt > now else { return .over }
            guard let interaction = seal.interaction(of: record) else { return .unknown }
            return .live(try await seen(interaction, cookies, at: now), isStored: true)
        }
        guard let sealed, let interaction = seal.interaction(travelling: sealed, id: id),
            ConstantTime.equal(interaction.browser.bytes, browser.bytes)
        else { return .unknown }
        guard interaction.expiresAt > now else { return .over }
        return .live(try await seen(interaction, cookies, at: now), isStored: false)
    }

    /// As this browser sees it, by the flow's own proof or by the session that its facts came from: by
    /// the session's secret, since its identifier alone stands on pages of the account.
    private func seen(
        _ interaction: Interaction, _ cookies: CookieJar, at now: Date
    ) async throws -> Interaction {
        let proof = cookies[desk.cookies.proof(of: interaction.id.address)]
        var held: Session.ID?
        if interaction.holder == nil, interaction.session != nil,
            let reference = desk.sessionToken(cookies)?.reference
        {
            held = try await desk.store.read { try $0.session(reference, at: now)?.session.id }
        }
        return interaction.seen(holding: proof.map { Digest.sha256($0) }, session: held)
    }

    /// What the rules need to know of an interaction: one look-up. It begins again where its
    /// account was closed, or got another password, since somebody showed to be its owner; or where the
    /// session that says so is over.
    public func progress(
        of interaction: inout Interaction, client: RegisteredClient?
    ) async throws -> Progress {
        let destination = interaction.destination
        let (account, session) = (interaction.account, interaction.session)
        if interaction.recovery?.isOver(at: desk.now) == true { interaction.forgetPerson() }
        let recovering = interaction.recovery?.provedAccount
        let known: Known? = try await desk.store.read { reader in
            if let recovering, try !recovering.stands(reader.account(recovering.id)) { return nil }
            guard let account else { return Known() }
            guard let present = try reader.account(account.id), account.stands(present) else {
                return nil
            }
            // What a session brought goes with it: the next person at this computer sees nothing.
            if let session {
                let isLive = try reader.isLive(
                    session, of: account.id, epoch: account.epoch, at: desk.now)
                guard isLive else { return nil }
            }
            let standing = try AccountStanding(
                present, for: destination, reader, desk.policy, at: desk.now)
            var known = Known(standing: standing)
            if let client, let request = destination.request {
                try known.look(at: present.id, for: request, of: client, reader)
            }
            return known
        }
        if known == nil { interaction.forgetPerson() }
        return Progress(
            destination: destination, isLinking: interaction.isLinking,
            client: client?.policy ?? ClientPolicy(), facts: interaction.facts,
            isFromSession: interaction.session != nil, who: interaction.who,
            hasUpstream: interaction.upstream != nil, pending: interaction.pending,
            recovery: interaction.recovery, draft: interaction.draft, account: known?.standing,
            consented: known?.consented,
            isHintedSubject: known?.isHintedSubject)
    }
}

/// What the store knows about an account and a client that a request's rules ask for.
public struct Known: Sendable {
    public var standing: AccountStanding?
    public var subject: String?
    public var consented: Scope?
    public var isHintedSubject: Bool?

    /// - Parameter standing: nil of nobody.
    public init(standing: AccountStanding? = nil) { self.standing = standing }

    /// What a teleservice's request asks besides.
    public mutating func look(
        at account: Account.ID, for request: AuthorizationRequest, of client: RegisteredClient,
        _ reader: some StoreReading
    ) throws {
        subject = try reader.subject(of: .account(account), sector: client.sector)
        if let hinted = request.hintedSubject { isHintedSubject = subject == hinted }
        if client.policy.consent == .required {
            consented = try reader.consent(of: account, client: client.id)
                .flatMap { Scope($0.scopes) }
        }
    }
}

extension AccountStanding {
    /// The directory is asked for a number only where the destination may need one.
    public init(
        _ account: Account, for destination: Destination, _ reader: some StoreReading,
        _ policy: Policy, at now: Date
    ) throws {
        let guardians = destination.acrValues.isEmpty ? [] : try reader.guardians(of: account.id)
        self.init(
            state: account.state,
            password: PasswordStanding(account, at: now, policy.provisionalPassword),
            hasMobileNumber: guardians.contains { $0.mobileNumber != nil },
            hasPendingAddress: account.pendingEmail != nil)
    }
}
