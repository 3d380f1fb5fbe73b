import Foundation
import HTTPTypes
import Print
import Serving
import Synchronization
import Testing
import Tokens

@testable import LSU

@Suite("Signing in at the teleservice")
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
        #expect(page.text.contains("DUPONT Patrick"))
        #expect(try await browser.get("/").text.contains("Vous êtes connecté : DUPONT Patrick."))
        #expect(browser.cookies.keys.sorted() == ["lsu-dev-session"])
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

    @Test("is refused with a state of another browser, twice, or too late (SR-35)")
    func foreignState() async throws {
        let browser = try TeleserviceBrowser()
        let stranger = try TeleserviceBrowser()
        let path = try browser.consent(to: try await browser.get("/connexion").location)
        let refused = try await stranger.get(path)
        #expect(refused.status == 400)
        #expect(refused.text.contains("Cette connexion n’est plus valable"))
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
        #expect(cancelled.status == 400)
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

@Suite("A signed-in parent")
struct SignedInParentTests {
    @Test("sees one child at a time, and only their own (J-L-16)")
    func children() async throws {
        let browser = try TeleserviceBrowser(portalURL: "http://localhost:8080/portail")
        _ = try await browser.signIn()
        let page = try await browser.get("/livrets?enfant=c-2")
        #expect(page.text.contains("Bilans pour DUPONT Clémence"))
        #expect(page.text.contains("DUPONT Léane"))
        #expect(page.text.contains("Retour au portail"))
        #expect(!page.text.contains("(5e)"))
        #expect(page.text.contains("Bilan de fin de cycle 2 2016/2017 (CE2)"))
        #expect(page.text.contains("Bilan périodique 3e période 2016/2017 (CE2)"))
        let stranger = try await browser.get("/livrets?enfant=c-9")
        #expect(stranger.status == 404)
        #expect(stranger.text.contains("Cette page n’existe pas"))
    }

    @Test("opens and saves a document of a child (J-L-12)")
    func document() async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let opened = try await browser.get("/documents/lsu-0010")
        #expect(opened.status == 200)
        #expect(opened.headers[.contentType] == "application/pdf")
        #expect(
            opened.headers[.contentDisposition]
                == "inline; filename=\"bilan-periodique-1-2015-2016-cm1.pdf\"")
        #expect(opened.body.starts(with: Array("%PDF".utf8)))
        let saved = try await browser.get("/documents/lsu-0010?enregistrer=1")
        #expect(saved.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
        #expect(saved.body == opened.body)
    }

    @Test(
        "gets no document of another's child, not visible, or not there: the same page for all",
        arguments: ["lsu-0001", "lsu-0023", "lsu-0006", "lsu-9999", "..%2Flsu", "%00"])
    func foreignDocument(_ id: String) async throws {
        let browser = try TeleserviceBrowser()
        _ = try await browser.signIn()
        let answer = try await browser.get("/documents/\(id)")
        #expect(answer.status == 404)
        #expect(answer.text.contains("Cette page n’existe pas"))
        #expect(!answer.text.contains("DURAND"))
    }

    @Test("must sign in for a document")
    func anonymousDocument() async throws {
        let browser = try TeleserviceBrowser()
        #expect(try await browser.get("/documents/lsu-0010").location == "/connexion")
    }

    @Test("without children, or with a claim out of shape, is told so")
    func oddClaims() async throws {
        let browser = try TeleserviceBrowser()
        browser.provider.state.withLock { $0.userInfo["children"] = nil }
        _ = try await browser.signIn()
        #expect(
            try await browser.get("/livrets").text.contains(
                "Aucun enfant n’est rattaché à votre compte"))
        for claim: JSON in ["x", [1], [["id": "a"]], .array(Array(repeating: [:], count: 65))] {
            browser.provider.state.withLock { $0.userInfo["children"] = claim }
            let path = try browser.consent(to: try await browser.get("/connexion").location)
            #expect(try await browser.get(path).status == 503)
        }
    }

    @Test("reads the terms, signed in or not (J-L-13)")
    func terms() async throws {
        let browser = try TeleserviceBrowser()
        #expect(try await browser.get("/cgu").text.contains("Conditions générales d’utilisation"))
        _ = try await browser.signIn()
        #expect(try await browser.get("/cgu").text.contains("DUPONT Patrick"))
    }

    @Test("sees at the second teleservice who is signed in, and no national number")
    func enrolment() async throws {
        let browser = try TeleserviceBrowser(.inscription)
        #expect(try await browser.get("/inscription").location == "/connexion")
        #expect(try await browser.signIn() == "/inscription")
        let page = try await browser.get("/inscription")
        #expect(page.text.contains("Bonjour DUPONT Patrick"))
        #expect(page.text.contains("DUPONT Clémence CM1 Ecole élémentaire Marie Curie"))
        #expect(!page.html.contains("180000004LC"))
        #expect(browser.cookies.keys.sorted() == ["inscription-dev-session"])
        #expect(try await browser.get("/livrets").status == 404)
    }
}

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
