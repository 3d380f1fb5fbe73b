import Flow
import FoundationEssentials
import HTML
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The portal")
struct PortalTests {
    private static let entry = "https://teleservice.example.org/initier"

    private static func policy(_ edit: (inout PortalTile) -> Void = { _ in }) -> ClientPolicy {
        var tile = PortalTile()
        tile.target = "https://teleservice.example.org/livrets?enfant={child}"
        edit(&tile)
        var policy = ClientPolicy()
        policy.tile = tile
        return policy
    }

    private static func run(
        _ backend: Backend = .sqlite, tile: (inout PortalTile) -> Void = { _ in },
        _ body: (SignInWorld) async throws -> Void
    ) async throws {
        try await SignInWorld.run(backend, client: policy(tile)) {
            $0.clientName = "Livret Scolaire (CP - 3e)"
            $0.initiateLoginURI = entry
        } _: {
            try await body($0)
        }
    }

    /// The addresses of a page's services, with their parameters.
    private static func services(_ browser: TestBrowser) throws -> [(address: String, form: Form)] {
        try browser.text.matches(of: /<a class="service" href="([^"]*)"/).map { match in
            let href = String(match.output.1).replacing("&amp;", with: "&")
            let parts = href.split(separator: "?", maxSplits: 1)
            return (String(parts[0]), try Form(parsing: parts.count > 1 ? String(parts[1]) : ""))
        }
    }

    @Test(
        "is where a sign-in at the public address ends, by password or FranceConnect (J-P-01, J-P-02)",
        arguments: Backend.available)
    func portal(_ backend: Backend) async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(backend, upstreams: [stub.upstream()]) { world in
            let browser = world.browser()
            try await browser.open("/")
            #expect(browser.shows("Pour continuer vers « Scolarité services »."))
            try await browser.signIn()
            #expect(browser.path == "/portail")
            #expect(browser.userName == "Mme DURANT Valéry")
            let other = try await world.atByFranceConnect(.portal, stub)
            #expect(other.path == "/portail" && other.userName == "Mme DURANT Valéry")
        }
    }

    @Test(
        "has a block for each school: its name, its welcome, and its children side by side, each with silhouette, name and services (J-P-06 to J-P-12)",
        arguments: Backend.available)
    func schools(_ backend: Backend) async throws {
        try await Self.run(backend) { world in
            try await world.test.makeChild("Tristan", of: world.parent.guardian)
            let record = SampleRecord(
                account: world.parent.account, guardian: world.parent.guardian)
            try await world.test.makePupil(
                "Léo", "DURAND", born: "2012-05-16", at: .victorHugo, of: [record])
            let browser = try await world.at(.portal)
            let silhouette = String(decoding: Artwork.child.render(), as: UTF8.self)
            let blocks = Self.parts("<section>", "</section>", of: browser.words)
            #expect(blocks.count == 2)
            for (school, children) in [
                ("E.E.PU ROGER SALENGRO", ["DURAND Alexis", "DURAND Tristan"]),
                ("Collège Victor Hugo", ["DURAND Léo"]),
            ] {
                let block = try #require(
                    blocks.first { $0.contains("<h2>\(school)</h2>") }, "\(school)")
                #expect(block.contains("<p>Bienvenue dans notre établissement.</p>"))
                // One row of tiles: side by side.
                #expect(block.split(separator: "class=\"tiles\"").count == 2)
                let tiles = Self.parts("<article", "</article>", of: block)
                #expect(tiles.count == children.count)
                for (tile, child) in zip(tiles, children) {
                    #expect(tile.contains(">\(child)</span>"))
                    #expect(tile.contains(">\(silhouette)</span>"))
                    #expect(
                        tile.contains(
                            "Livret Scolaire (CP - 3e)<span class=\"unseen\"> pour \(child)</span></a>"
                        ))
                    #expect(tile.split(separator: "href=\"\(Self.entry)?").count == 2)
                }
            }
        }
    }

    /// What stands between each of these and the end that follows it.
    private static func parts(_ start: String, _ end: String, of page: String) -> [String] {
        page.split(separator: start).dropFirst().map {
            String($0.prefix(upTo: $0.firstRange(of: end)?.lowerBound ?? $0.endIndex))
        }
    }

    @Test("opens a service by single sign-on, for the child of the tile (J-P-10, J-P-11, J-G-02)")
    func opensService() async throws {
        try await Self.run { world in
            let browser = try await world.at(.portal)
            let form = try #require(try Self.services(browser).first?.form)
            #expect(form["iss"] == TestDesk.issuer)
            let target = try #require(form["target_link_uri"])
            #expect(target.hasPrefix("https://teleservice.example.org/livrets?enfant="))
            let child = String(target.split(separator: "=").last ?? "")
            let (client, alexis) = (world.client, world.parent.child.id)
            let known = try await world.test.store.read {
                try $0.subject(of: .child(alexis), sector: client.sector)
            }
            #expect(child == known)
            // The teleservice is answered without a page.
            try await browser.open(try world.request([("scope", "openid scolarite")]))
            #expect(browser.callback?["code"] != nil)
            // And the tile says the same the next time.
            try await browser.open("/portail")
            #expect(try Self.services(browser).first?.form["target_link_uri"] == target)
        }
    }

    @Test(
        "shows a service only for the levels and schools it declares (J-P-09)",
        arguments: [
            (\PortalTile.levels, Set(["CE2"]), true), (\.levels, ["CM1"], false),
            (\.schools, ["0590001A"], true), (\.schools, ["0590002B"], false),
        ] as [(any WritableKeyPath<PortalTile, Set<String>?> & Sendable, Set<String>, Bool)])
    func declared(
        _ rule: any WritableKeyPath<PortalTile, Set<String>?> & Sendable, _ values: Set<String>,
        _ isOpen: Bool
    ) async throws {
        try await Self.run(tile: { $0[keyPath: rule] = values }) { world in
            let browser = try await world.at(.portal)
            #expect(try Self.services(browser).isEmpty != isOpen)
            #expect(
                browser.shows("Aucun service en ligne n'est ouvert pour cet enfant.") != isOpen)
        }
    }

    @Test("shows no service of private schools, or of pupils only, where it is for others (J-P-09)")
    func sectorsAndAccounts() async throws {
        for edit in [
            { (tile: inout PortalTile) in tile.sectors = [.private] }, { $0.accounts = [.pupil] },
        ] {
            try await Self.run(tile: edit) { world in
                let browser = try await world.at(.portal)
                #expect(try Self.services(browser).isEmpty)
            }
        }
    }

    @Test("shows no service that has no tile, or is disabled")
    func withoutTile() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.portal)
            #expect(try Self.services(browser).isEmpty)
        }
        try await Self.run { world in
            let browser = try await world.at(.portal)
            #expect(try Self.services(browser).count == 1)
            let now = world.test.clock.now
            try await world.test.store.write { writer in
                guard var client = try writer.client("lsu") else { return }
                client.disabledAt = now
                _ = try writer.update(client, at: now)
            }
            try await browser.open("/portail")
            #expect(try Self.services(browser).isEmpty)
        }
    }

    @Test("tells when the connection before this one was (J-P-03)")
    func lastConnection() async throws {
        try await Self.run { world in
            let first = try await world.at(.portal)
            #expect(!first.shows("Dernière connexion"))
            world.test.clock.advance(by: .seconds(3 * 3600 + 7))
            let second = try await world.at(.portal)
            // 10:00:00 UTC in January.
            #expect(second.shows("Dernière connexion le 15/01/2026 à 11:00:00"))
        }
    }

    @Test("leads to the account by button and by icon, and out (J-P-04, J-P-05, J-P-13, J-O-12)")
    func header() async throws {
        try await Self.run { world in
            let browser = try await world.at(.portal)
            let header = try #require(
                Self.parts("id=\"user-menu\"", "</header>", of: browser.words).first)
            #expect(header.contains("href=\"/compte\">Gérer Mon Compte</a>"))
            #expect(header.contains("href=\"/compte\" id=\"account-icon\"><svg"))
            #expect(header.contains("id=\"sign-out-button\"><svg"))
            try await browser.submit(form: "sign-out")
            #expect(browser.shows("Vous êtes déconnecté."))
            try await browser.open("/portail")
            #expect(browser.shows("Se connecter"))
            #expect(browser.userName == nil)
        }
    }

    @Test(
        "has the common footer, as every page has: contact, legal notice, help, logo and version (J-P-14, J-G-12)"
    )
    func footer() async throws {
        try await Self.run { world in
            let browser = try await world.at(.portal)
            let footer = try #require(Self.parts("<footer", "</footer>", of: browser.words).first)
            for part in [
                ">Contacts</a>", ">Mentions légales</a>", ">Aide</a>", "id=\"version\">test</p>",
                "class=\"mark\"",
            ] { #expect(footer.contains(part), "\(part)") }
            for page in OwnPage.allCases.map(\.path) + ["/aide", "/contact", "/nulle-part"] {
                try await browser.open(page)
                #expect(
                    Self.parts("<footer", "</footer>", of: browser.words) == [footer], "\(page)")
            }
            // Where a form would be lost, the same links open beside it.
            let door = world.browser()
            try await door.open(try world.request())
            let beside = try #require(Self.parts("<footer", "</footer>", of: door.words).first)
            #expect(
                beside.replacing(" target=\"_blank\" rel=\"noopener\"", with: "")
                    .replacing(" (nouvelle fenêtre)", with: "") == footer)
        }
    }

    @Test("says what to do where no child is attached (J §2.2 T17)")
    func noChild() async throws {
        try await Self.run { world in
            let now = world.test.clock.now
            let (guardian, child) = (world.parent.guardian.id, world.parent.child.id)
            try await world.test.store.write {
                try $0.upsert(
                    ChildLink(
                        guardian: guardian, child: child, legalLevel: .representative,
                        endedAt: now - .seconds(1)))
            }
            let browser = try await world.at(.portal)
            #expect(
                browser.shows(
                    "Aucun enfant n'est actuellement rattaché à votre compte. Contactez le directeur "
                        + "d'école."))
            #expect(browser.userName == "Mme DURANT Valéry")
        }
    }

    @Test("shows nothing to a session that has ended, is idle, or is of an account since closed")
    func ended() async throws {
        try await Self.run { world in
            let browser = try await world.at(.portal)
            world.test.clock.advance(by: world.test.desk.policy.session.idle)
            try await browser.open("/portail")
            #expect(browser.path.hasPrefix("/authorize/"))
        }
        try await Self.run { world in
            let browser = try await world.at(.portal)
            let now = world.test.clock.now
            let account = try await world.account("v.durant1")
            try await world.test.store.write {
                var closed = account
                (closed.state, closed.closedAt) = (.closed, now)
                try $0.replaceAccount(
                    closed, expectedRevision: account.revision, ends: .accountClosed, at: now)
            }
            try await browser.open("/portail")
            #expect(browser.path.hasPrefix("/authorize/"))
        }
    }

    @Test("« Annuler » on the way there leads back to its door")
    func cancel() async throws {
        try await Self.run { world in
            let browser = world.browser()
            try await browser.open("/portail")
            try await browser.submit([("action", "annuler")])
            #expect(browser.path.hasPrefix("/authorize/") && browser.shows("Se connecter"))
        }
    }
}
