import Flow
import FoundationEssentials
import HTTPTypes
import Store
import Testing
import TestSupport
import Tokens
import Web

@testable import IdP

@Suite("A refresh token")
struct TokenRefreshTests {
    /// A client with refresh tokens, and a first answer.
    private func run(
        _ backend: Backend = .sqlite, scope: String = "openid profile",
        _ body: (ProviderEndpoints, TestAnswer, Session) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let (answer, _, session, _) = try await provider.signedIn(client, scope: scope)
            try #require(answer.code == 200)
            try await body(provider, answer, session)
        }
    }

    @Test(
        "gives a new access token and its successor, and no ID token (oidcc-refresh-token, D24)",
        arguments: Backend.available)
    func refreshed(_ backend: Backend) async throws {
        try await run(backend) { provider, first, _ async throws in
            let answer = try await provider.refresh(first.string("refresh_token"), as: "lsu")
            #expect(answer.code == 200)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.string("token_type") == "Bearer")
            #expect(answer.json.member("expires_in") == .integer(600))
            #expect(answer.string("scope") == "openid profile")
            #expect(answer.json.member("id_token") == nil)
            #expect(answer.string("access_token") != first.string("access_token"))
            #expect(answer.string("refresh_token") != first.string("refresh_token"))
            #expect(try await provider.userInfo(answer.string("access_token")).code == 200)
            let next = try await provider.refresh(answer.string("refresh_token"), as: "lsu")
            #expect(next.code == 200)
        }
    }

    @Test("repeated within 60 s gives the same successor and a new access token (SR-22, D24)")
    func repeated() async throws {
        try await run { provider, first, _ async throws in
            let token = first.string("refresh_token")
            let once = try await provider.refresh(token, as: "lsu")
            provider.clock.advance(by: .seconds(60))
            let twice = try await provider.refresh(token, as: "lsu")
            #expect(twice.code == 200)
            #expect(twice.string("refresh_token") == once.string("refresh_token"))
            #expect(twice.string("access_token") != once.string("access_token"))
            #expect(try await provider.refresh(once.string("refresh_token"), as: "lsu").code == 200)
        }
    }

    @Test("sent fifty times at once ends nothing: every answer has the same successor (2.17)")
    func raced() async throws {
        try await run { provider, first, _ async throws in
            let token = first.string("refresh_token")
            let successors = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await provider.refresh(token, as: "lsu").string("refresh_token")
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(successors.count == 1 && successors.first != .some(nil))
        }
    }

    @Test("used again after the grace ends the family, and what it gave (SR-21)")
    func reused() async throws {
        try await run { provider, first, _ async throws in
            let token = first.string("refresh_token")
            let once = try await provider.refresh(token, as: "lsu")
            provider.clock.advance(by: .seconds(61))
            let again = try await provider.refresh(token, as: "lsu")
            #expect(again.code == 400 && again.error == "invalid_grant")
            #expect(
                try await provider.refresh(once.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
            #expect(try await provider.userInfo(once.string("access_token")).code == 401)
            let events = try await provider.store.read {
                try $0.auditEvents(of: nil, before: nil, limit: 10)
            }
            #expect(events.map(\.kind) == [.refreshTokenReused])
        }
    }

    @Test("older than the last two ends the family at once")
    func skipped() async throws {
        try await run { provider, first, _ async throws in
            let second = try await provider.refresh(first.string("refresh_token"), as: "lsu")
            let third = try await provider.refresh(second.string("refresh_token"), as: "lsu")
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
            #expect(
                try await provider.refresh(third.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
        }
    }

    @Test("of another client is refused and stays good (RFC 6749 §5.2)")
    func foreign() async throws {
        try await run { provider, first, _ async throws in
            try await provider.test.register("other") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let stolen = try await provider.refresh(first.string("refresh_token"), as: "other")
            #expect(stolen.code == 400 && stolen.error == "invalid_grant")
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").code == 200)
        }
    }

    @Test("of a confidential client needs its authentication (fapi2-refresh-token)")
    func unauthenticated() async throws {
        try await run { provider, first, _ async throws in
            let form = [
                ("grant_type", "refresh_token"), ("client_id", "lsu"),
                ("refresh_token", first.string("refresh_token") ?? ""),
            ]
            let answer = try await provider.door.post("/token", form)
            #expect(answer.code == 401 && answer.error == "invalid_client")
        }
    }

    @Test("may be narrowed in scope, never widened, and a wider request spends nothing (SR-21)")
    func narrowed() async throws {
        try await run { provider, first, _ async throws in
            let token = first.string("refresh_token")
            let wider = try await provider.refresh(token, as: "lsu", scope: "openid email")
            #expect(wider.code == 400 && wider.error == "invalid_scope")
            let same = try await provider.refresh(token, as: "lsu", scope: "openid profile")
            #expect(same.string("scope") == "openid profile")
            let less = try await provider.refresh(
                same.string("refresh_token"), as: "lsu", scope: "openid")
            #expect(less.string("scope") == "openid")
            let userInfo = try await provider.userInfo(less.string("access_token"))
            #expect(userInfo.code == 200 && userInfo.json.member("name") == nil)
            // UserInfo is for the scope openid (security history 2.16).
            let bare = try await provider.refresh(
                less.string("refresh_token"), as: "lsu", scope: "profile")
            #expect(try await provider.userInfo(bare.string("access_token")).code == 403)
            // The grant is as wide as before.
            let next = try await provider.refresh(bare.string("refresh_token"), as: "lsu")
            #expect(next.string("scope") == "openid profile")
        }
    }

    @Test("of a session ends with it (D24)")
    func sessionEnds() async throws {
        try await run { provider, first, session async throws in
            let now = provider.now
            try await provider.store.write { _ = try $0.end(session.id, .signedOut, at: now) }
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
            #expect(try await provider.userInfo(first.string("access_token")).code == 401)
        }
    }

    @Test("of a session has gone when the session's ten hours have")
    func sessionExpires() async throws {
        try await run { provider, first, session async throws in
            provider.clock.advance(by: provider.test.desk.policy.session.absolute)
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
        }
    }

    @Test("of offline_access outlives the session, 30 days unused and 180 in all (D24)")
    func offline() async throws {
        try await run(scope: "openid offline_access") { provider, first, session async throws in
            let start = provider.now
            try await provider.store.write { _ = try $0.end(session.id, .signedOut, at: start) }
            var token = first.string("refresh_token")
            for _ in 0..<6 {
                provider.clock.advance(by: .seconds(30 * 86_400 - 1))
                let answer = try await provider.refresh(token, as: "lsu")
                #expect(answer.code == 200)
                token = answer.string("refresh_token")
            }
            provider.clock.advance(by: .seconds(6))
            #expect(try await provider.refresh(token, as: "lsu").error == "invalid_grant")
        }
    }

    @Test("of offline_access has gone after 30 days unused")
    func offlineIdle() async throws {
        try await run(scope: "openid offline_access") { provider, first, _ async throws in
            provider.clock.advance(by: .seconds(30 * 86_400))
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
        }
    }

    @Test("dies with a new password, a regrouping or a lock: the account's epoch (2.18)")
    func epoch() async throws {
        try await run(scope: "openid offline_access") { provider, first, session async throws in
            let now = provider.now
            try await provider.store.write { writer in
                let account = try #require(try writer.account(session.account))
                try writer.setPassword(
                    "$argon2id$x", for: account.id, expectedRevision: account.revision, at: now)
            }
            #expect(
                try await provider.refresh(first.string("refresh_token"), as: "lsu").error
                    == "invalid_grant")
            #expect(try await provider.userInfo(first.string("access_token")).code == 401)
        }
    }

    @Test("is given for the grant type alone: without it no scope brings one (RFC 7591 §2)")
    func byScope() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.scope = Scope("openid offline_access")
            }
            let (answer, _, _, _) = try await provider.signedIn(
                client, scope: "openid offline_access")
            #expect(answer.code == 200)
            #expect(answer.string("refresh_token") == nil)
            #expect(try await provider.refresh("ecr_", as: "lsu").error == "unauthorized_client")
        }
    }

    @Test("that is no refresh token of ours is refused")
    func unknown() async throws {
        try await run { provider, first, _ async throws in
            for text in [
                "x", first.string("access_token"), "ecr_" + String(repeating: "A", count: 64),
            ] {
                #expect(try await provider.refresh(text, as: "lsu").error == "invalid_grant")
            }
            #expect(try await provider.refresh("", as: "lsu").error == "invalid_request")
        }
    }

    @Test("of a public client is refreshed by its name")
    func publicClient() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("app") {
                $0.authenticationMethod = .none
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let first = try await provider.door.post(
                "/token",
                [
                    ("grant_type", "authorization_code"), ("code", code.text), ("client_id", "app"),
                    ("redirect_uri", code.redirectURI), ("code_verifier", TestDesk.verifier),
                ])
            let answer = try await provider.door.post(
                "/token",
                [
                    ("grant_type", "refresh_token"), ("client_id", "app"),
                    ("refresh_token", first.string("refresh_token") ?? ""),
                ])
            #expect(answer.code == 200)
        }
    }
}
