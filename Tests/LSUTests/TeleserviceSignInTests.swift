import Foundation
import HTTPTypes
import Print
import Serving
import Synchronization
import Testing
import Tokens

@testable import LSU

@Suite("Signing in at the teleservice, the school reports first of all (J-G-06)")
struct TeleserviceSignInTests {
    @Test("leads from the home page through the provider to the reports (J-L-01)")
    func wholeWay() async throws {
        let browser = try TeleserviceBrowser()
        let home = try await browser.get("/")
        #expect(home.text.contains("Se connecter avec EduConnect"))
        let first = try await browser.get("/livrets")
        #expect(first.status == 302)
        #expect(first.location == "/connexion")
        let location = try await browser.signIn()
        #expect(location == "/livrets")
        let page = try await browser.get(location)
        #expect(page.status == 200)
        #expect(page.text.contains("Bilans pour DUPONT Léane"))
        #expect(page.text.contains("Patrick DUPONT"))
        let again = try await browser.get("/")
        #expect(again.text.contains("Patrick DUPONT"))
        #expect(again.html.contains("href=\"/livrets\""))
        #expect(browser.cookies.keys.sorted() == ["lsu-dev-session"])
    }

    @Test("is alive and ready without its provider")
    func health() async throws {
        let browser = try TeleserviceBrowser()
        browser.provider.state.withLock { $0.isDown = true }
        #expect(try await browser.get("/health/live").status == 200)
        #expect(try await browser.get("/health/ready").html == "{\"status\":\"ready\"}\n")
        #expect(try await browser.get("/").status == 200)
        #expect(try await browser.get("/connexion").status == 503)
    }

    @Test("sends its cookies HttpOnly and SameSite=Lax, with Secure and __Host- over https (SR-57)")
    func cookies() async throws {
        let browser = try TeleserviceBrowser()
        let field = try #require(try await browser.get("/connexion").headers[.setCookie])
        #expect(field.hasPrefix("lsu-dev-signin="))
        #expect(field.contains("HttpOnly"))
        #expect(field.contains("SameSite=Lax"))
        #expect(field.utf8.count < 4096)
        let names = CookieNames(secure: true, application: "lsu")
        let cookie = try #require(SignInCookie(names, keyBytes: [UInt8](repeating: 1, count: 32)))
        #expect(cookie.name == "__Host-lsu-signin")
    }

    @Test("shows the child that the portal's tile names, through initiate_login (J-L-01, Core §4)")
    func tile() async throws {
        let browser = try TeleserviceBrowser()
        let query = Form.encode([
            ("iss", browser.provider.issuer),
            ("target_link_uri", "http://localhost:8083/livrets?enfant=c-3"),
        ])
        let location = try await browser.signIn("/initier?" + query)
        #expect(location == "/livrets?enfant=c-3")
        #expect(try await browser.get(location).text.contains("Bilans pour DUPONT Marceau"))
        let posted = try await browser.post(
            "/initier",
            [
                ("iss", browser.provider.issuer),
                ("target_link_uri", "http://localhost:8083/livrets?enfant=c-2"),
            ])
        #expect(posted.status == 303)
        #expect(posted.location == "/connexion?enfant=c-2")
    }

    @Test("is not started for another issuer or a foreign target (open redirector)")
    func foreignTarget() async throws {
        let browser = try TeleserviceBrowser()
        let issuer = browser.provider.issuer
        for parameters in [
            [("iss", "https://evil.example.org")], [],
            [("iss", issuer), ("target_link_uri", "https://evil.example.org/livrets")],
            [
                ("iss", issuer),
                ("target_link_uri", "http://localhost:8083.evil.example.org/livrets"),
            ],
            [("iss", issuer), ("target_link_uri", "http://localhost:8083/livrets@evil")],
            [("iss", issuer), ("target_link_uri", "http://localhost:8083/autre")],
            [("iss", issuer), ("target_link_uri", "/livrets")],
            [("iss", issuer), ("iss", issuer)],
        ] {
            #expect(try await browser.get("/initier?" + Form.encode(parameters)).status == 400)
            #expect(try await browser.post("/initier", parameters).status == 400)
        }
    }

    @Test("that the parent cancelled asks for no report to the support team")
    func cancelled() async throws {
        let browser = try TeleserviceBrowser()
        for (error, isReported) in [("access_denied", false), ("server_error", true)] {
            let path = try browser.refusal(
                error, to: try await browser.get("/connexion").location)
            let page = try await browser.get(path)
            #expect(page.html.contains("id=\"reference\"") == isReported)
            #expect(page.html.contains("/contact\" id=\"contact-link\"") == isReported)
        }
    }

    @Test("is refused with a state of another browser, twice, or too late (SR-35)")
    func foreignState() async throws {
        let browser = try TeleserviceBrowser()
        let stranger = try TeleserviceBrowser()
        let path = try browser.consent(to: try await browser.get("/connexion").location)
        let refused = try await stranger.get(path)
        #expect(refused.status == 400)
        #expect(refused.text.contains("Cette connexion n'est plus valable"))
        let cookiesBefore = browser.cookies
        #expect(try await browser.get(path).status == 302)
        browser.cookies = cookiesBefore
        #expect(try await browser.get(path).status == 400)
        let late = try browser.consent(
            to: try await browser.get("/connexion").location, code: "code-2")
        browser.clock.moment.withLock { $0 += 7200 }
        #expect(try await browser.get(late).status == 400)
    }

    @Test("may be under way in several tabs")
    func tabs() async throws {
        let browser = try TeleserviceBrowser()
        var paths: [String] = []
        for index in 0..<4 {
            let start = try await browser.get("/connexion?enfant=c-\(index)")
            paths.append(try browser.consent(to: start.location, code: "code-\(index)"))
        }
        // The oldest has given way.
        #expect(try await browser.get(paths[0]).status == 400)
        for index in [2, 1, 3] {
            #expect(try await browser.get(paths[index]).location == "/livrets?enfant=c-\(index)")
        }
    }

    @Test("opens a new session each time, and the old one is dead (security.md 2.45)")
    func fixation() async throws {
        let browser = try TeleserviceBrowser()
        browser.cookies["lsu-dev-session"] = "planted"
        _ = try await browser.signIn()
        let first = try #require(browser.cookies["lsu-dev-session"])
        #expect(first != "planted")
        _ = try await browser.signIn()
        #expect(browser.cookies["lsu-dev-session"] != first)
        #expect(browser.teleservice.sessions.session(first, at: TeleserviceBrowser.now) == nil)
    }

    @Test("ends politely where the parent turns back, and where the provider is down (SR-38)")
    func failures() async throws {
        let browser = try TeleserviceBrowser()
        let url = try #require(try await browser.get("/connexion").location)
        let state = try #require(
            try Form(parsing: String(url.drop { $0 != "?" }.dropFirst()))["state"])
        let cancelled = try await browser.get(
            "/retour?"
                + Form.encode([
                    ("error", "access_denied"), ("state", state), ("iss", browser.provider.issuer),
                ]))
        #expect(cancelled.status == 200)
        #expect(cancelled.html.contains("href=\"/connexion\" id=\"sign-in\""))
        #expect(cancelled.text.contains("Connexion annulée"))
        let path = try browser.consent(to: try await browser.get("/connexion").location)
        browser.provider.state.withLock { $0.isDown = true }
        let down = try await browser.get(path)
        #expect(down.status == 503)
        #expect(down.text.contains("EduConnect est momentanément indisponible."))
        #expect(browser.cookies["lsu-dev-session"] == nil)
    }

    @Test("ends after 30 minutes without use, and after ten hours")
    func lifetimes() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        for _ in 0..<20 {
            browser.clock.moment.withLock { $0 += 1799 }
            #expect(try await browser.get("/livrets").status == 200)
        }
        browser.clock.moment.withLock { $0 += 100 }
        #expect(try await browser.get("/livrets").status == 302)
        let other = try TeleserviceBrowser()
        _ = try await other.signIn()
        other.clock.moment.withLock { $0 += 1800 }
        #expect(try await other.get("/livrets").status == 302)
    }
}
