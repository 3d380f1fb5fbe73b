import Flow
import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A session")
struct SessionTests {
    private static let cookie = "__Host-educonnect-session"

    @Test("answers prompt=none with the same subject and auth_time (oidcc-prompt-none-logged-in)")
    func promptNone() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let first = try await world.idToken(browser)
            world.test.clock.advance(by: .seconds(30))
            #expect(try await browser.open(try world.request([("prompt", "none")])).code == 302)
            let second = try await world.idToken(browser)
            #expect(second.member("sub") == first.member("sub"))
            #expect(second.member("auth_time") == first.member("auth_time"))
        }
    }

    @Test("that does not exist answers prompt=none with login_required, and shows nothing (SR-08)")
    func promptNoneWithoutSession() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            let answer = try await browser.open(try world.request([("prompt", "none")]))
            #expect(answer.code == 302)
            #expect(browser.callback?["error"] == "login_required")
            #expect(browser.cookies[Self.cookie] == nil)
        }
    }

    @Test(
        "gives way to a new password, and a later auth_time (oidcc-prompt-login, oidcc-max-age-1)",
        arguments: [("prompt", "login"), ("max_age", "1")])
    func again(_ parameter: (String, String)) async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let cookie = browser.cookies[Self.cookie]
            let first = try await world.idToken(browser)
            world.test.clock.advance(by: .seconds(2))
            try await browser.open(try world.request([parameter]))
            #expect(browser.answer?.text.contains("Mot de passe") == true)
            try await browser.signIn()
            let second = try await world.idToken(browser)
            let times = [first, second].compactMap { $0.member("auth_time")?.integer }
            #expect(times.count == 2 && times[1] == times[0] + 2)
            #expect(second.member("sub") == first.member("sub"))
            #expect(second.member("sid") == first.member("sid"), "the session goes on")
            #expect(browser.cookies[Self.cookie] != cookie, "under a new secret (SR-56)")
        }
    }

    @Test("keeps its first sign-in within max_age (oidcc-max-age-10000)")
    func maxAge() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            world.test.clock.advance(by: .seconds(3))
            #expect(try await browser.open(try world.request([("max_age", "10000")])).code == 302)
        }
    }

    @Test("asked for again and given up is what it was before (security history 2.47)")
    func cancelled() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let first = try await world.idToken(browser)
            world.test.clock.advance(by: .seconds(9))
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.submit([("action", "annuler")])
            #expect(browser.callback?["error"] == "access_denied")
            try await browser.open(try world.request())
            #expect(
                try await world.idToken(browser).member("auth_time") == first.member("auth_time"))
        }
    }

    @Test("of somebody else ends when another person signs in in the same browser")
    func anotherPerson() async throws {
        try await SignInWorld.run { world in
            let second = try await world.test.makeParent("v.durant")
            try await world.test.setPassword(SignInWorld.password, of: second)
            let browser = try await world.signedIn()
            let old = try #require(browser.cookies[Self.cookie])
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.signIn("v.durant")
            #expect(browser.callback?["code"] != nil)
            let reference = try #require(OpaqueToken(old, kind: .session)).reference
            let now = world.test.clock.now
            #expect(try await world.test.store.read { try $0.session(reference, at: now) } == nil)
        }
    }

    @Test("ends an hour after its last use, and ten hours after it was opened (SR-56)")
    func ends() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            for _ in 0..<11 {
                world.test.clock.advance(by: .seconds(3000))
                #expect(try await browser.open(try world.request()).code == 302)
            }
            world.test.clock.advance(by: .seconds(3001))
            #expect(try await browser.open(try world.request()).text.contains("Mot de passe"))
            let idle = try await world.signedIn()
            world.test.clock.advance(by: .seconds(3601))
            #expect(try await idle.open(try world.request()).text.contains("Mot de passe"))
        }
    }

    @Test(
        "begins its ten hours again with a new password (SR-56)", arguments: Backend.available)
    func renewed(_ backend: Backend) async throws {
        var policy = Policy(profile: .educonnect)
        policy.session.idle = policy.session.absolute
        try await SignInWorld.run(backend, policy: policy) { world in
            let browser = try await world.signedIn()
            world.test.clock.advance(by: .seconds(35_000))
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.signIn()
            world.test.clock.advance(by: .seconds(35_999))
            #expect(try await browser.open(try world.request()).code == 302)
            let token = try await world.redeem(browser).string("access_token") ?? ""
            world.test.clock.advance(by: .seconds(2))
            #expect(try await browser.open(try world.request()).text.contains("Mot de passe"))
            let answer = try await world.door.get(
                "/userinfo", headers: [.authorization: "Bearer \(token)"])
            #expect(answer.code == 401, "its grants end with it")
        }
    }

    @Test("is only ever its own kind of token (security history 2.19)")
    func otherTokens() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let code = try #require(browser.callback?["code"])
            let token = try #require(try await world.redeem(browser).string("access_token"))
            for planted in [code, token, "ecs_" + code.dropFirst(4), "state of the client", ""] {
                let stranger = world.browser()
                stranger.plant(Self.cookie, planted)
                try await stranger.open(try world.request([("prompt", "none")]))
                #expect(stranger.callback?["error"] == "login_required")
            }
        }
    }

    @Test("with the hint of its own subject answers at once (oidcc-id-token-hint)")
    func hint() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let token = try #require(try await world.redeem(browser).string("id_token"))
            let hint = [("prompt", "none"), ("id_token_hint", token)]
            try await browser.open(try world.request(hint))
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("with the hint of somebody else's does not")
    func foreignHint() async throws {
        try await SignInWorld.run { world in
            let mine = try await world.signedIn()
            let token = try #require(try await world.redeem(mine).string("id_token"))
            let second = try await world.test.makeParent("v.durant")
            try await world.test.setPassword(SignInWorld.password, of: second)
            let theirs = world.browser()
            try await theirs.open(try world.request())
            try await theirs.signIn("v.durant")
            try await theirs.open(
                try world.request([("prompt", "none"), ("id_token_hint", token)]))
            #expect(theirs.callback?["error"] == "login_required")
        }
    }
}
