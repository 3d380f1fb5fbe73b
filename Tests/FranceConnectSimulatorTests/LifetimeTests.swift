import HTTPTypes
import Serving
import Testing
import Tokens

@testable import FranceConnectSimulator

@Suite("What the simulated FranceConnect gives lives as long as FranceConnect's")
struct LifetimeTests {
    @Test("a code: 30 seconds", arguments: [(29, 200), (30, 400)])
    func code(_ seconds: Int, _ status: Int) async throws {
        let browser = try SimulatorBrowser()
        let code = try await browser.code()
        browser.wait(.seconds(seconds))
        #expect(try await browser.exchange(code).status == status)
    }

    @Test("an access token: 60 seconds", arguments: [(59, 200), (60, 401)])
    func accessToken(_ seconds: Int, _ status: Int) async throws {
        let browser = try SimulatorBrowser()
        let tokens = try await browser.exchange(browser.code()).json
        let token = try #require(tokens?.member("access_token")?.string)
        #expect(tokens?.member("expires_in")?.integer == 60)
        browser.wait(.seconds(seconds))
        #expect(try await browser.userInfo(token).status == status)
    }

    @Test("a session: 30 minutes since its last use")
    func session() async throws {
        let browser = try SimulatorBrowser()
        _ = try await browser.code()
        for _ in 0..<3 {
            browser.wait(.seconds(29 * 60))
            let (page, answer) = try await browser.begin()
            #expect(answer.location == page + "/information")
        }
        browser.wait(.seconds(30 * 60))
        #expect(try await browser.begin().answer.text.contains("provider-impots"))
    }

    @Test("a sign-in under way: 30 minutes, then Y190001")
    func interaction() async throws {
        let browser = try SimulatorBrowser()
        let (page, _) = try await browser.begin()
        browser.wait(.seconds(30 * 60))
        let answer = try await browser.get(page + "/fournisseur/impots")
        #expect(answer.status == 401)
        #expect(answer.text.contains("Y190001"))
    }

    @Test(
        "an ID token: 60 seconds, and it still signs out afterwards, when its key was rotated too")
    func idToken() async throws {
        let browser = try SimulatorBrowser()
        let tokens = try await browser.exchange(browser.code()).json
        let token = try #require(tokens?.member("id_token")?.string)
        let claims = try JSON(parsing: JWS.parse(token).unverifiedPayload)
        let issuedAt = try #require(claims.member("iat")?.integer)
        #expect(claims.member("exp")?.integer == issuedAt + 60)
        browser.wait(.seconds(10 * 60 * 60))
        try browser.simulator.keys.rotate(at: browser.simulator.environment.now())
        browser.wait(.seconds(10 * 60 * 60))
        let query = Form.encode([
            ("id_token_hint", token), ("post_logout_redirect_uri", SimulatorBrowser.signedOut),
        ])
        let answer = try await browser.get("/api/v2/session/end?" + query)
        #expect(answer.location == SimulatorBrowser.signedOut)
    }
}
