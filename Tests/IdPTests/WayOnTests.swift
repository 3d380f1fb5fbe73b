import FoundationEssentials
import Serving
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A page where nothing is left to do")
struct WayOnTests {
    private static let home = "https://teleservice.example.org/"

    private static func run(
        _ body: (SignInWorld, TestBrowser) async throws -> Void
    ) async throws {
        try await SignInWorld.run { metadata in
            metadata.clientURI = home
        } _: { world in
            try await body(world, world.browser())
        }
    }

    /// Where the page's way on leads.
    private static func wayOn(_ page: TestAnswer) -> String? {
        page.text.firstMatch(of: /href="([^"]*)" id="way-on"/).map { String($0.output.1) }
    }

    @Test("leads back to the teleservice whose request is over (J §3.0.6)")
    func over() async throws {
        try await Self.run { world, browser in
            try await browser.open(try world.request())
            let step = browser.path
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
            let page = try await browser.open(step)
            #expect(page.code == 410)
            #expect(Self.wayOn(page) == Self.home)
        }
    }

    @Test("leads back to the teleservice whose request was begun in another browser")
    func elsewhere() async throws {
        try await Self.run { world, browser in
            try await browser.open(try world.request())
            let page = try await world.browser().open(browser.path)
            #expect(page.code == 403)
            #expect(Self.wayOn(page) == Self.home)
        }
    }

    @Test(
        "leads to the first page where no teleservice is known, and never where the address says",
        arguments: [
            "/authorize/00000000000000000000000000", "/authorize/x", "/authorize/x/y",
            "/authorize?client_id=nobody&redirect_uri=https%3A%2F%2Fevil.example.org%2F",
        ])
    func unknown(_ path: String) async throws {
        try await Self.run { _, browser in
            let page = try await browser.open(path)
            #expect(page.code >= 400)
            #expect(Self.wayOn(page) == "/")
        }
    }

    @Test("shows a refused request's reference, which the log holds with the cause, not the query")
    func reference() async throws {
        try await Self.run { world, _ in
            let log = RecordedLog()
            var door = world.door
            door.logger = log.logger
            let page = try await door.get(
                try world.request([("redirect_uri", "https://evil.example.org/")]))
            #expect(page.code == 400)
            #expect(Self.wayOn(page) == Self.home)
            let reference = try #require(
                page.text.firstMatch(of: /id="reference">([^<]*)</)?.output.1)
            let line = try #require(log.lines.first { $0.contains(reference) })
            #expect(line.contains("unregistered redirect_uri") && line.contains("/authorize"))
            #expect(!log.lines.joined().contains("evil"))
        }
    }

    @Test("after a sign-out, and the question before it, leads back; the question says who")
    func signOut() async throws {
        try await Self.run { world, _ in
            let browser = try await world.signedIn()
            let question = try await browser.open("/logout?client_id=lsu")
            #expect(question.text.contains("Connecté en tant que Valéry DURANT"))
            #expect(question.text.contains("Rester connecté"))
            #expect(Self.wayOn(question) == Self.home)
            #expect(Self.wayOn(try await browser.open("/logout")) == "/")
            let done = try await browser.submit([])
            #expect(done.text.contains("Vous êtes déconnecté."))
            // SIGN-1 says it, and is there for the next one (J-O-12).
            #expect(done.text.contains("id=\"sign-in-form\""))
            #expect(Self.wayOn(try await browser.open("/logout?client_id=lsu")) == Self.home)
        }
    }

    @Test("of a sign-out that can't be granted offers one without its parameters")
    func badSignOut() async throws {
        try await Self.run { world, _ in
            let browser = try await world.signedIn()
            let page = try await browser.open("/logout?id_token_hint=x")
            #expect(page.code == 400)
            #expect(page.text.contains("href=\"/logout\""))
            #expect(Self.wayOn(page) == "/")
        }
    }

    @Test("is the public address, by which a guardian comes to the portal's sign-in (J §3.0.2)")
    func publicAddress() async throws {
        try await Self.run { world, browser in
            let page = try await browser.open("/").text
            #expect(browser.path.hasPrefix("/authorize/"))
            #expect(page.contains("Pour continuer vers «\u{A0}Scolarité services\u{A0}»."))
        }
    }

    @Test("of help opens beside a form, so that the sign-in is still there, and leads home itself")
    func help() async throws {
        try await Self.run { world, browser in
            let form = try await browser.open(try world.request())
            #expect(form.text.contains("href=\"/aide\" target=\"_blank\""))
            #expect(form.text.contains("Aide (nouvelle fenêtre)"))
            for path in ["/aide", "/contact", "/mentions-legales"] {
                let page = try await browser.open(path)
                #expect(!page.text.contains("_blank"))
                #expect(Self.wayOn(page) == "/")
            }
        }
    }

    @Test("of law names every cookie with its life")
    func cookies() async throws {
        try await Self.run { world, browser in
            let page = try await browser.open("/mentions-legales").text
            let names = world.test.desk.cookies
            for words in [names.browser, names.proof, names.session, "180 jours", "10 heures"] {
                #expect(page.contains(words), "\(words)")
            }
        }
    }
}
