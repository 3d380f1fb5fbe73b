import Foundation
import HTTPTypes
import Print
import Serving
import Synchronization
import Testing
import Tokens

@testable import LSU

@Suite("Signing out of the teleservice")
struct SignOutTests {
    private func token(_ html: String) throws -> String {
        String(try #require(html.firstMatch(of: /name="csrf" value="([^"]+)"/)).1)
    }

    @Test("ends our session, then the provider's (RP-Initiated Logout 1.0)")
    func signOut() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let csrf = try token(try await browser.get("/livrets").html)
        let id = try #require(browser.cookies["lsu-dev-session"])
        let answer = try await browser.post(
            "/deconnexion", [("csrf", csrf)], [.origin: "http://localhost:8083"])
        // No redirect follows a POST (design D15): a page leads on.
        #expect(answer.status == 200)
        let link = try #require(answer.html.firstMatch(of: /href="([^"]*\/logout\?[^"]*)"/)).1
        #expect(link.contains("id_token_hint="))
        #expect(
            link.contains(
                "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8083%2Fdeconnexion%2Fretour"))
        #expect(browser.cookies["lsu-dev-session"] == nil)
        #expect(browser.teleservice.sessions.session(id, at: TeleserviceBrowser.now) == nil)
        #expect(try await browser.get("/deconnexion/retour").text.contains("Vous êtes déconnecté."))
        #expect(try await browser.post("/deconnexion", []).location == "/deconnexion/retour")
    }

    @Test("needs the session's own token and origin (SR-60)")
    func forged() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let csrf = try token(try await browser.get("/livrets").html)
        #expect(try await browser.post("/deconnexion", []).status == 403)
        #expect(try await browser.post("/deconnexion", [("csrf", csrf + "x")]).status == 403)
        #expect(
            try await browser.post(
                "/deconnexion", [("csrf", csrf)], [.origin: "https://evil.example.org"]
            )
            .status == 403)
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        #expect(
            try await browser.post("/deconnexion", [("csrf", csrf)], [name: "cross-site"]).status
                == 403)
        #expect(try await browser.get("/deconnexion").status == 405)
        #expect(try await browser.get("/livrets").status == 200)
    }

    @Test("ends our session where the provider is down (SR-39)")
    func providerDown() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let csrf = try token(try await browser.get("/livrets").html)
        browser.provider.state.withLock { $0.isDown = true }
        browser.clock.moment.withLock { $0 += 1000 }
        _ = try await browser.post("/deconnexion", [("csrf", csrf)])
        #expect(browser.cookies["lsu-dev-session"] == nil)
        #expect(try await browser.get("/livrets").status == 302)
    }

    private func logoutClaims(_ browser: TeleserviceBrowser) -> [String: JSON] {
        let seconds = Int64(TeleserviceBrowser.now.timeIntervalSince1970)
        return [
            "iss": .string(browser.provider.issuer), "aud": "lsu", "jti": "j-1",
            "iat": .integer(seconds),
            "exp": .integer(seconds + 120), "sid": "session-1",
            "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
        ]
    }

    @Test("happens on the provider's word, once a token (Back-Channel Logout 1.0)")
    func backChannel() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let text = try browser.provider.sign(logoutClaims(browser), type: "logout+jwt")
        let other = try TeleserviceBrowser()
        other.cookies = browser.cookies
        let cookies = browser.cookies
        browser.cookies = [:]  // the provider sends none
        #expect(
            try await browser.post("/deconnexion/signal", [("logout_token", text)]).status == 200)
        #expect(
            try await browser.post("/deconnexion/signal", [("logout_token", text)]).status == 400)
        browser.cookies = cookies
        #expect(try await browser.get("/livrets").status == 302)
    }

    @Test("does not happen on a forged word, nor for another session")
    func forgedBackChannel() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let foreign = try TeleserviceBrowser()
        let forged = try foreign.provider.sign(logoutClaims(browser), type: "logout+jwt")
        for fields in [[("logout_token", forged)], [("logout_token", "x")], []] {
            #expect(try await browser.post("/deconnexion/signal", fields).status == 400)
        }
        var claims = logoutClaims(browser)
        claims["sid"] = "session-2"
        let text = try browser.provider.sign(claims, type: "logout+jwt")
        #expect(
            try await browser.post("/deconnexion/signal", [("logout_token", text)]).status == 200)
        #expect(try await browser.get("/livrets").status == 200)
    }
}

@Suite("The sessions of a teleservice")
struct TeleserviceSessionsTests {
    private func session(_ at: Date) -> TeleserviceSession {
        TeleserviceSession(
            issuer: "i", subject: "s", providerSessionID: nil, idToken: Secret("t"), name: "n",
            pupils: [],
            csrfToken: "c", openedAt: at)
    }

    @Test("are bounded: the one idle longest gives way")
    func bounded() {
        let sessions = TeleserviceSessions(countMax: 10)
        let now = TeleserviceBrowser.now
        let ids = (0..<11).map { index in
            sessions.open(session(now + Double(index)), replacing: nil) { count in
                [UInt8](repeating: UInt8(index), count: count)
            }
        }
        #expect(sessions.session(ids[0], at: now) == nil)
        for id in ids.dropFirst() { #expect(sessions.session(id, at: now + 11) != nil) }
    }

    @Test("remember used values until they expire, and no more than their bound")
    func identifiers() {
        let recent = RecentIdentifiers(countMax: 10)
        let now = TeleserviceBrowser.now
        #expect(recent.use("a", until: now + 60, at: now))
        #expect(!recent.use("a", until: now + 60, at: now + 59))
        #expect(recent.use("a", until: now + 120, at: now + 60))
        for index in 0..<100 { #expect(recent.use("x\(index)", until: now + 600, at: now + 61)) }
    }
}
