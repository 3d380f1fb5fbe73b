import Flow
import FoundationEssentials
import Messages
import Outgoing
import Serving
import Store
import Tokens
import Web

/// Tells a teleservice that a session of its has ended, or that a `sub` it may know is closed: a logout
/// token, signed at each try, is posted to the address that the teleservice has in the registry now.
///
/// Source: OpenID Connect Back-Channel Logout 1.0 §2.4, §2.5, §2.8; SR-32, SR-62.
struct BackChannelLogout: Sendable {
    enum Outcome: Sendable, Equatable {
        case delivery(DeliveryOutcome)
        /// There is nothing to tell, or nobody to tell it to.
        case moot(String)
    }

    /// How long a token may be on its way (§4 of the standard advises two minutes at most).
    static let tokenLifetime = Duration.seconds(120)

    let desk: Desk
    let http: any OutgoingHTTP

    /// The door for what teleservices have named. Loopback is for an issuer that is there itself.
    static func options(isOnLoopback: Bool) -> HTTPFetch.Options {
        var options = HTTPFetch.Options()
        options.concurrentMax = Courier.concurrentMax
        options.foreignMayReachLoopback = isOnLoopback
        return options
    }

    /// One try.
    func tell(_ record: OutboxRecord) async -> Outcome {
        do {
            return try await telling(record)
        } catch {
            // Our own failure, such as a busy pool: the teleservice was not asked.
            return .delivery(.later("not sent: \(error)"))
        }
    }

    private func telling(_ record: OutboxRecord) async throws -> Outcome {
        guard let id = record.client else { return .moot("no client") }
        let outcome = try await desk.clients.withClient(id) { client -> Outcome in
            // One that was given the id since then has opened no such session.
            guard client.registeredAt <= record.createdAt,
                let address = client.metadata.backChannelLogoutURI
            else { return .moot("no address") }
            guard let notice = try await notice(record, client) else {
                return .moot("nothing to tell")
            }
            let token = try await signed(notice, for: client)
            return .delivery(await post(token, to: address))
        }
        return outcome ?? .moot("no such client")
    }

    // MARK: What is said

    private struct Notice: Sendable {
        var subject: String?
        var sessionID: String?
        var closing: LogoutTokenClaims.SubjectClosed?
    }

    /// Nil where a row without `sid` is about an account that the sector has never known, or that is
    /// open again.
    private func notice(_ record: OutboxRecord, _ client: RegisteredClient) async throws -> Notice?
    {
        let (subject, main) = try await desk.store.read { reader in
            try client.confirm(in: reader)
            guard let account = record.account else { return (nil, nil) as (String?, Account?) }
            return (
                try reader.subject(of: .account(account), sector: client.sector),
                record.sid == nil ? try reader.openAccount(following: account) : nil
            )
        }
        if let sid = record.sid { return Notice(subject: subject, sessionID: sid) }
        guard let subject, main?.id != record.account else { return nil }
        var closing = LogoutTokenClaims.SubjectClosed()
        if let main, client.policy.entitlements.contains(.subjectChanges) {
            closing.replacedBy = try await self.subject(of: main.id, for: client)
        }
        return Notice(subject: subject, closing: closing)
    }

    /// The account's `sub` for this client, made where its sector has not met it.
    private func subject(
        of account: Account.ID, for client: RegisteredClient
    ) async throws -> String {
        let candidate = SubjectIdentifier(
            owner: .account(account), sector: client.sector,
            value: Base64URL.encode(desk.environment.random(32)))
        return try await desk.store.write { writer in
            try client.confirm(in: writer)
            return try writer.ensure(candidate)
        }
    }

    private func signed(_ notice: Notice, for client: RegisteredClient) async throws -> String {
        let algorithm = client.metadata.idTokenAlgorithm
        let place = try SigningPlace(for: algorithm, on: desk.signaturePool)
        let mint = TokenIssuer(issuer: desk.issuer, keyRing: desk.keys.current)
        let now = desk.now
        let claims = LogoutTokenClaims(
            issuer: desk.issuer, audience: client.id, subject: notice.subject,
            sessionID: notice.sessionID, id: Base64URL.encode(desk.environment.random(16)),
            issuedAt: now, expiresAt: now + Self.tokenLifetime, closing: notice.closing)
        return try await place.run {
            try mint.logoutToken(claims, algorithm: algorithm, at: now)
        }
    }

    // MARK: How it is said

    private func post(_ token: String, to address: String) async -> DeliveryOutcome {
        let body = Array(Form.encode([("logout_token", token)]).utf8)
        do throws(FetchError) {
            let answer = try await http.send(
                OutgoingRequest(
                    .post, address,
                    headers: [
                        (name: "Content-Type", value: "application/x-www-form-urlencoded")
                    ], body: body, destination: .foreign))
            return Self.outcome(status: answer.status)
        } catch {
            return .later("\(error)")
        }
    }

    /// 400 alone is a word about the token (§2.8); any other failure may be mended.
    private static func outcome(status: Int) -> DeliveryOutcome {
        switch status {
        case 200..<300: .accepted
        case 400: .refused("status 400")
        default: .later("status \(status)")
        }
    }
}
