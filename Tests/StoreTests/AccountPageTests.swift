import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("What a person sees of their sessions and services")
struct AccountPageTests {
    private func complete(
        _ seed: Int, client: String = Sample.client, session: Session.ID = id(1),
        isOffline: Bool = false, at seconds: Double = 0, lifetime: Double = 660,
        _ writer: StoreWriter
    ) throws {
        let made = after(seconds)
        var completion = Sample.completion(seed, session: .existing(session, touching: false))
        completion.grant = Grant(
            id: id(seed), account: id(1), accountEpoch: 1, client: client, subject: "",
            session: isOffline ? nil : session, scopes: "openid", acr: "0", amr: "pwd",
            authTime: made, createdAt: made, expiresAt: made.addingTimeInterval(lifetime))
        guard case .completed = try writer.complete(completion, at: made) else {
            throw Unexpected("refused")
        }
    }

    @Test(
        "names each live session with its device and clients, the one used last first (SR-59)",
        arguments: Backend.available)
    func overview(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.insert(Sample.account(2))
                try writer.open(Sample.session(9, account: Sample.account(2)))
                for seed in 2...4 {
                    var session = Sample.session(seed)
                    session.device = "Firefox \(seed)"
                    try writer.open(session)
                }
                try writer.touch(id(1), at: after(50))
                try writer.touch(id(3), at: after(20))
                try writer.end(id(4), .signedOut, at: after(30))
                try complete(10, client: "lsu", session: id(3), writer)
                try complete(11, client: "cantine", session: id(3), writer)
                try complete(12, client: "lsu", session: id(3), writer)
            }
            try await store.read { reader throws in
                let all = try reader.sessionOverviews(of: id(1), limit: 50, at: after(60))
                #expect(all.map(\.session.id) == [id(1), id(3), id(2)])
                #expect(all.map(\.session.device) == [nil, "Firefox 3", "Firefox 2"])
                #expect(all.map(\.clients) == [[], ["cantine", "lsu"], []])
                let live = try reader.sessions(of: id(1), at: after(60))
                #expect(all.allSatisfy { live.contains($0.session) })
                let some = try reader.sessionOverviews(of: id(1), limit: 2, at: after(60))
                #expect(some == Array(all.prefix(2)))
                #expect(
                    try reader.sessionOverviews(of: id(1), limit: 50, at: after(3610))
                        .map(\.session.id) == [id(1), id(3)], "the other is idle")
            }
        }
    }

    @Test("knows the device that signed in anew", arguments: Backend.available)
    func device(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var renewed = Sample.session(1, secret: 5)
            renewed.device = "Safari, iPhone"
            let signIn = SignInCompletion(
                account: id(1), epoch: 1, session: .renewed(renewed), interaction: .none,
                touchesAccess: true)
            _ = try await store.write { try $0.signIn(signIn, at: after(1)) }
            let live = try await store.read {
                try $0.session(reference(1, secret: 5), at: after(2))
            }
            #expect(live?.session.device == "Safari, iPhone")
        }
    }

    @Test("ends their own session and nobody else's (SR-59)", arguments: Backend.available)
    func ending(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.insert(Sample.account(2))
                try writer.open(Sample.session(2, account: Sample.account(2)))
                try writer.update(
                    Sample.client("lsu", backchannel: "https://lsu.example.org/logout"), at: start)
                try complete(10, writer)
            }
            let changes: [Change] = [
                .endSessionOf(id(2), id(1), .endedByUser),
                .endSessionOf(id(2), id(7), .endedByUser),
                .endOtherSessions(id(2), except: id(2), .endedByUser),
            ]
            for change in changes {
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write { try $0.apply([change], at: after(1)) }
                }
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(2)) != nil)
                #expect(try reader.session(reference(2), at: after(2)) != nil)
                #expect(try reader.outbox(limit: 5).isEmpty)
            }
            try await store.write { writer in
                try writer.apply([.endSessionOf(id(1), id(1), .endedByUser)], at: after(3))
                let isAgain = try writer.end(id(1), of: id(1), .endedByUser, at: after(3))
                #expect(!isAgain)
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(4)) == nil)
                #expect(try reader.session(reference(2), at: after(4)) != nil)
                #expect(try reader.grant(id(10), at: after(4)) == nil)
                #expect(try reader.outbox(limit: 5).map(\.sid) == ["sid-10"])
            }
        }
    }

    @Test(
        "goes on in a new session after a change that ended all (security.md 4.15)",
        arguments: Backend.available)
    func reopening(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var again = Sample.session(2)
            again.accountEpoch = 2
            let password = Change.replaceAccount(
                Sample.account, expectedRevision: 1, ends: .passwordChanged)
            let opened = again
            await #expect(throws: StoreError.conflict(detail: ""), "its epoch is over") {
                try await store.write {
                    try $0.apply([password, .openSession(Sample.session(2))], at: after(1))
                }
            }
            try await store.write {
                try $0.apply([password, .openSession(opened)], at: after(1))
            }
            let live = try await store.read { try $0.sessions(of: id(1), at: after(2)) }
            #expect(live == [opened])
            try await store.write { writer in
                var closed = Sample.account
                (closed.state, closed.closedAt) = (.closed, after(3))
                try writer.replaceAccount(
                    closed, expectedRevision: 2, ends: .accountClosed, at: after(3))
            }
            var late = Sample.session(3)
            late.accountEpoch = 3
            for session in [late, Sample.session(4, account: Sample.account(5))] {
                await #expect(throws: StoreError.conflict(detail: ""), "closed, or missing") {
                    try await store.write { try $0.apply([.openSession(session)], at: after(4)) }
                }
            }
        }
    }

    @Test(
        "names the clients that hold a live grant or a consent (SR-59)",
        arguments: Backend.available)
    func services(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.insert(Sample.account(2))
                try writer.open(Sample.session(2))
                try complete(10, client: "lsu", at: 1, writer)
                try complete(11, client: "lsu", at: 3, writer)
                try complete(12, client: "lsu", isOffline: true, at: 2, writer)
                try complete(13, client: "cantine", isOffline: true, lifetime: 86_400, writer)
                try complete(14, client: "ended", session: id(2), writer)
                try writer.end(id(2), .signedOut, at: after(4))
                try complete(15, client: "revoked", writer)
                try writer.revoke(id(15), at: after(4))
                for (account, client) in [(1, "garderie"), (1, "lsu"), (2, "other")] {
                    try writer.save(
                        Consent(
                            account: id(account), client: client, scopes: "openid profile",
                            updatedAt: after(5)))
                }
            }
            try await store.read { reader throws in
                #expect(
                    try reader.connectedServices(of: id(1), at: after(6)) == [
                        ConnectedService(client: "cantine", grantedAt: start),
                        ConnectedService(client: "garderie", consentedAt: after(5)),
                        ConnectedService(
                            client: "lsu", grantedAt: after(3), consentedAt: after(5)),
                    ])
                #expect(
                    try reader.connectedServices(of: id(1), at: after(700)).map(\.grantedAt)
                        == [start, nil, nil], "grants expire, consents stay")
                #expect(try reader.consents(of: id(1)).map(\.client) == ["garderie", "lsu"])
                #expect(try reader.consents(of: id(1)).map(\.scopes).first == "openid profile")
            }
            try await store.write { _ = try $0.endAll(id(1), .endedByUser, at: after(7)) }
            let left = try await store.read { try $0.connectedServices(of: id(1), at: after(8)) }
            #expect(left.map(\.client) == ["garderie", "lsu"], "an epoch ends grants, no consent")
        }
    }

    @Test(
        "takes a consent back with all that was issued under it, and nothing else",
        arguments: Backend.available)
    func withdrawal(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let other = Sample.account(2)
            try await store.write { writer in
                try writer.insert(other)
                try writer.open(Sample.session(2, account: other))
                try complete(10, writer)
                _ = try writer.redeem(Sample.redemption(10, token: 10), at: after(1))
                try complete(11, isOffline: true, lifetime: 180 * 86_400, writer)
                _ = try writer.redeem(Sample.redemption(11, token: 11, refresh: 11), at: after(1))
                try complete(12, client: "cantine", writer)
                var others = Sample.completion(
                    13, session: .existing(id(2), touching: false),
                    grant: Sample.grant(13, account: other, session: id(2)))
                others.subject = .known("sub-other")
                _ = try writer.complete(others, at: start)
                for account in 1...2 {
                    try writer.save(
                        Consent(
                            account: id(account), client: Sample.client, scopes: "openid",
                            updatedAt: start))
                }
                try writer.apply([.withdrawConsent(id(1), client: Sample.client)], at: after(2))
            }
            try await store.read { reader throws in
                #expect(try reader.consents(of: id(1)).isEmpty)
                #expect(try reader.consents(of: id(2)).count == 1)
                for seed in [10, 11] {
                    #expect(try reader.grant(id(seed), at: after(3)) == nil)
                    let token = Sample.accessToken(seed).reference
                    #expect(try reader.accessToken(token, at: after(3)) == nil)
                }
                for seed in [12, 13] {
                    #expect(try reader.grant(id(seed), at: after(3)) != nil)
                }
                #expect(
                    try reader.connectedServices(of: id(1), at: after(3)).map(\.client)
                        == ["cantine"])
                #expect(try reader.session(reference(1), at: after(3)) != nil)
            }
            let refresh = try await store.write {
                try $0.rotate(Sample.refresh(11, 0, token: 99), at: after(3))
            }
            guard case .expired = refresh else { throw Unexpected(refresh) }
        }
    }
}
