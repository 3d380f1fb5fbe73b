import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// An account with everything that can be live: a session, a teleservice's tokens, online and offline,
/// a code on its way, a link in a mailbox and the change of address that it would confirm.
private struct Live {
    let provider: ProviderEndpoints
    let parent: SampleParent
    let session: SecretReference
    let online: TestAnswer
    let offline: TestAnswer
    let code: SampleCode
    let link: SecretReference

    static func make(_ provider: ProviderEndpoints) async throws -> Live {
        let (test, now) = (provider.test, provider.now)
        let client = try await test.register("lsu") {
            $0.grantTypes = [.authorizationCode, .refreshToken]
            $0.backChannelLogoutURI = "https://teleservice.example.org/signal"
        }
        let parent = try await test.makeParent()
        try await test.setPassword("Parent2026", of: parent)
        let present = try await provider.store.read { try $0.account(parent.account.id) }
        let account = try #require(present)
        let known = SampleParent(account: account, guardian: parent.guardian, child: parent.child)
        let session = try await test.signIn(known)
        func tokens(_ scope: String) async throws -> TestAnswer {
            let code = try await test.code(for: client, known, in: session, scope: scope)
            return try await provider.redeem(code)
        }
        let token = test.desk.makeToken(.mailToken, at: now)
        let (id, epoch, revision) = (account.id, account.epoch, account.revision)
        try await provider.store.write { writer in
            var waiting = account
            waiting.pendingEmail = "new@example.org"
            try writer.replaceAccount(waiting, expectedRevision: revision, ends: nil, at: now)
            try writer.issue(
                MailToken(
                    reference: token.reference, purpose: .addressChange, account: id,
                    accountEpoch: epoch, address: "new@example.org", createdAt: now,
                    expiresAt: now + .seconds(3600)))
        }
        return Live(
            provider: provider, parent: known,
            session: try #require(
                SecretReference(selector: session.id.bytes, hash: session.secretHash)),
            online: try await tokens("openid"), offline: try await tokens("openid offline_access"),
            code: try await test.code(for: client, known, in: session), link: token.reference)
    }

    /// What still works, by name.
    func working() async throws -> Set<String> {
        var working: Set<String> = []
        func note(_ name: String, _ works: Bool) { if works { working.insert(name) } }
        let (session, link, now, id) = (session, link, provider.now, parent.account.id)
        let found = try await provider.store.read { reader in
            (
                session: try reader.session(session, at: now), link: try reader.mailToken(link),
                account: try reader.account(id)
            )
        }
        note("session", found.session != nil)
        note("link", found.link.map { $0.accountEpoch == found.account?.epoch } ?? false)
        note("address", found.account?.closedAt == nil && found.account?.pendingEmail != nil)
        for (name, answer) in [("online", online), ("offline", offline)] {
            let userInfo = try await provider.userInfo(answer.string("access_token"))
            note(name + " access token", userInfo.code == 200)
            let refreshed = try await provider.refresh(answer.string("refresh_token"), as: "lsu")
            note(name + " refresh token", refreshed.code == 200)
        }
        note("code", try await provider.redeem(code).code == 200)
        return working
    }

    var logouts: Int {
        get async throws {
            try await provider.store.read { try $0.outbox(limit: 50) }
                .filter { $0.kind == .logout }.count
        }
    }
}

@Suite("What was given under an account (security history 2.18, 2.27)")
struct RevocationTests {
    /// What ends everything.
    enum End: String, CaseIterable {
        case passwordChanged, resetByTheSchool, regrouped, lastChildLeft
    }

    private static let all: Set = [
        "session", "link", "address", "online access token", "online refresh token",
        "offline access token", "offline refresh token", "code",
    ]

    @Test(
        "ends with a new password, a reset, a regroupement or the last child, all of it and at once, and the teleservices are told (SR-47, security.md 4.15)",
        arguments: Backend.available, End.allCases)
    func ends(_ backend: Backend, _ end: End) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            let live = try await Live.make(provider)
            try await Self.apply(end, to: live)
            #expect(try await live.working() == [])
            #expect(try await live.logouts > 0)
        }
    }

    @Test("is all live until then")
    func stays() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let live = try await Live.make(provider)
            #expect(try await live.working() == Self.all)
            #expect(try await live.logouts == 0)
        }
    }

    private static func apply(_ end: End, to live: Live) async throws {
        let (store, now) = (live.provider.store, live.provider.now)
        let (id, policy) = (live.parent.account.id, live.provider.test.desk.policy)
        let event: AccountEvent
        switch end {
        case .passwordChanged: event = .passwordChanged(passwordHash: "another")
        case .resetByTheSchool: event = .passwordReset(ProvisionalPassword(hash: "x", sealed: [1]))
        case .lastChildLeft: event = .lastChildLeft
        case .regrouped:
            let main = try await live.provider.test.makeRecord("v.durant").account
            let merge = AccountMerge(
                id: live.provider.test.desk.makeID(at: now), main: main.id,
                mainRevision: main.revision, absorbed: id,
                absorbedRevision: try #require(try await store.read { try $0.account(id) }).revision
            )
            return try await store.write { try $0.absorb(merge, at: now) }
        }
        try await store.write { writer in
            guard let account = try writer.account(id) else { return }
            let change = try AccountChange(event, of: account, policy, at: now)
            try writer.apply(change.changes, at: now)
        }
    }
}
