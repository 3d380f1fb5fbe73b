import Flow
import FoundationEssentials
import HTTPTypes
import Serving
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP
@testable import Web

@Suite("The tab « Sécurité »")
struct SecurityPageTests {
    static let firefox =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
    static let telephone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        + "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"

    /// A browser at the tab, and one that signed in at the teleservice a minute before, which has its
    /// access token.
    private func two(
        _ world: SignInWorld
    ) async throws -> (mine: TestBrowser, other: TestBrowser, access: String) {
        let other = world.browser()
        other.agent = Self.telephone
        try await other.open(try world.request())
        try await other.signIn()
        let access = try #require(try await world.redeem(other).string("access_token"))
        world.test.clock.advance(by: .seconds(60))
        let mine = world.browser()
        mine.agent = Self.firefox
        try await mine.open("/compte/securite")
        try await mine.signIn()
        return (mine, other, access)
    }

    /// The cells of a table, row by row, as a reader has them.
    private func rows(_ browser: TestBrowser, _ table: String) -> [[String]] {
        let body =
            browser.words.split(separator: "<table id=\"\(table)\">").dropFirst().first?
            .split(separator: "</table>").first?.split(separator: "<tbody>").last ?? ""
        return body.split(separator: "<tr>").map { row in
            row.matches(of: /<t[hd][^>]*>(.*?)<\/t[hd]>/).map { cell in
                String(cell.output.1).replacing(/<[^>]*>/, with: "")
            }
        }
    }

    @Test(
        "shows each open session: device, times, way, services, and which one is this (SR-59)",
        arguments: Backend.available)
    func sessions(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let (mine, _, _) = try await two(world)
            #expect(mine.path == "/compte/securite")
            #expect(mine.shows("<h2>Sécurité</h2>"))
            #expect(
                rows(mine, "sessions") == [
                    [
                        "Firefox sur Windows (cette session)", "15/01/2026 à 11:01",
                        "15/01/2026 à 11:01", "Mot de passe", "–", "–",
                    ],
                    [
                        "Safari sur iPhone", "15/01/2026 à 11:00", "15/01/2026 à 11:00",
                        "Mot de passe", "Téléservice lsu",
                        "Fermer la session « Safari sur iPhone » ouverte le 15/01/2026 à 11:00",
                    ],
                ])
            for word in ["Mozilla", "Gecko", "192.0.2"] { #expect(!mine.shows(word), "\(word)") }
        }
    }

    @Test("ends another session, and leaves this one (SR-59)", arguments: Backend.available)
    func one(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let (mine, other, access) = try await two(world)
            let form = [
                ("csrf", try #require(hidden(mine, "csrf", of: "/compte/securite"))),
                ("session", try #require(hidden(mine, "session", of: "/compte/securite"))),
            ]
            try await mine.post("/compte/securite", form)
            #expect(mine.answer?.code == 200, "no button, nothing happens")
            #expect(try await world.sessions().count == 2)
            try await mine.post("/compte/securite", form + [("action", "fermer")])
            #expect(mine.path.hasPrefix("/compte/securite?avis=session."))
            #expect(mine.text(of: "flash") != nil)
            #expect(rows(mine, "sessions").count == 1)
            #expect(!mine.shows("Fermer toutes les autres sessions"))
            try await other.open("/compte")
            #expect(other.step == "password")
            let claims = try await world.door.request(
                .get, "/userinfo", headers: [.authorization: "Bearer " + access])
            #expect(claims.code == 401)
            #expect(try await world.auditKinds().contains("sessionsEnded"))
        }
    }

    @Test("ends all the others at once (SR-59)", arguments: Backend.available)
    func others(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let (mine, other, _) = try await two(world)
            let third = try await world.signedIn()
            try await mine.open("/compte/securite")
            try await mine.post(
                "/compte/securite",
                [
                    ("csrf", try #require(hidden(mine, "csrf", of: "/compte/securite"))),
                    ("action", "fermer-autres"),
                ])
            #expect(mine.shows("Toutes les autres sessions ont été fermées."))
            for gone in [other, third] {
                try await gone.open("/compte")
                #expect(gone.step == "password")
            }
            try await mine.open("/compte")
            #expect(mine.path == "/compte")
            #expect(try await world.sessions().count == 1)
        }
    }

    /// A hidden field of the first form that is sent there and has it.
    private func hidden(_ browser: TestBrowser, _ name: String, of action: String) -> String? {
        TestForm.all(browser.text).filter { $0.action == action }.flatMap(\.hidden)
            .first { $0.0 == name }?.1
    }

    @Test(
        "ends no session of somebody else, nor its own, whatever is posted (security history 2.57)")
    func foreign() async throws {
        try await SignInWorld.run { world in
            let (mine, _, _) = try await two(world)
            let parent = try await world.test.makeParent("p.loyez")
            let theirs = try await world.test.signIn(parent)
            let own = try #require(
                OpaqueToken(
                    mine.cookies[world.test.desk.cookies.session] ?? "", kind: .session))
            let csrf = try #require(hidden(mine, "csrf", of: "/compte/securite"))
            let names = [
                Base64URL.encode(theirs.id.bytes), Base64URL.encode(own.selector), "", "x",
                Base64URL.encode(Array(repeating: 0, count: 16)),
            ]
            for name in names {
                try await mine.post(
                    "/compte/securite", [("csrf", csrf), ("action", "fermer"), ("session", name)])
                #expect(mine.path.hasPrefix("/compte/securite"), "\(name)")
                #expect(!mine.shows("La session a été fermée."), "\(name)")
            }
            #expect(!(try await world.auditKinds().contains("sessionsEnded")))
            let (account, now) = (parent.account.id, world.test.clock.now)
            #expect(
                try await world.test.store.read { try $0.sessions(of: account, at: now).count } == 1
            )
            #expect(try await world.sessions().count == 2)
        }
    }

    @Test(
        "shows the services, and takes a consent back: the next request asks again (SR-13, SR-59)",
        arguments: Backend.available)
    func services(_ backend: Backend) async throws {
        var policy = ClientPolicy()
        policy.consent = .required
        try await SignInWorld.run(backend, client: policy) { world in
            let browser = try await world.signedIn()
            #expect(browser.step == "consent")
            try await browser.submit([])
            let access = try #require(try await world.redeem(browser).string("access_token"))
            try await browser.open("/compte/securite")
            #expect(
                rows(browser, "services") == [
                    [
                        "Téléservice lsu", "15/01/2026 à 11:00", "15/01/2026 à 11:00",
                        "Retirer l'autorisation de « Téléservice lsu »",
                    ]
                ])
            let csrf = try #require(hidden(browser, "csrf", of: "/compte/securite"))
            for service in ["unknown", ""] {
                try await browser.post(
                    "/compte/securite",
                    [("csrf", csrf), ("action", "retirer"), ("service", service)])
                #expect(browser.path == "/compte/securite")
            }
            try await browser.post(
                "/compte/securite", [("csrf", csrf), ("action", "retirer"), ("service", "lsu")])
            #expect(browser.shows("L'autorisation a été retirée."))
            #expect(browser.shows("Aucun service n'est connecté à votre compte."))
            #expect(browser.shows("Autorisation retirée à « Téléservice lsu »"))
            let claims = try await world.door.request(
                .get, "/userinfo", headers: [.authorization: "Bearer " + access])
            #expect(claims.code == 401)
            try await browser.open(try world.request())
            #expect(browser.step == "consent")
        }
    }

    @Test("tells what happened lately in words of a closed list, in French time (J-F-12)")
    func events() async throws {
        try await SignInWorld.run { world in
            let stranger = world.browser()
            stranger.address = "198.51.100.7"
            try await stranger.open(try world.request())
            try await stranger.signIn("v.durant1", "Wrong2026")
            let (mine, _, _) = try await two(world)
            let (id, now, desk) = (
                world.parent.account.id, world.test.clock.now, world.test.desk
            )
            try await world.test.store.write { writer in
                try writer.append(
                    AuditEvent(
                        id: desk.makeID(at: now), at: now, kind: .mustChangeSet, account: id,
                        actor: "directrice", network: "203.0.113.9", detail: "secret"))
            }
            try await mine.open("/compte/securite")
            #expect(
                rows(mine, "events") == [
                    ["15/01/2026 à 11:01:00", "Connexion"],
                    ["15/01/2026 à 11:00:00", "Connexion, pour accéder à « Téléservice lsu »"],
                    ["15/01/2026 à 11:00:00", "Connexion refusée"],
                ])
            for word in ["directrice", "203.0.113", "198.51", "secret"] {
                #expect(!mine.shows(word), "\(word)")
            }
            for second in 1...25 {
                world.test.clock.advance(by: .seconds(1))
                let now = world.test.clock.now
                try await world.test.store.write { writer in
                    try writer.append(
                        AuditEvent(
                            id: desk.makeID(at: now), at: now, kind: .codeSent, account: id,
                            detail: "\(second)"))
                }
            }
            try await mine.open("/compte/securite")
            let latest = rows(mine, "events")
            #expect(latest.count == 20)
            #expect(latest.first == ["15/01/2026 à 11:01:25", "Code envoyé par SMS"])
        }
    }

    @Test("ends nothing for a session that was ended meanwhile")
    func endedMeanwhile() async throws {
        try await SignInWorld.run { world in
            let (mine, other, _) = try await two(world)
            try await other.open("/compte/securite")
            let csrf = try #require(hidden(other, "csrf", of: "/compte/securite"))
            try await other.post(
                "/compte/securite", [("csrf", csrf), ("action", "fermer-autres")])
            let stale = try #require(hidden(mine, "csrf", of: "/compte/securite"))
            try await mine.post(
                "/compte/securite", [("csrf", stale), ("action", "fermer-autres")])
            #expect(mine.step == "password")
            #expect(try await world.sessions().count == 1)
        }
    }

    @Test(
        "writes nothing for a session that ended after it was looked up (SR-65)",
        arguments: Backend.available)
    func endedAfterwards(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let (mine, _, _) = try await two(world)
            let desk = world.test.desk
            let token = OpaqueToken(mine.cookies[desk.cookies.session] ?? "", kind: .session)
            let (reference, now) = (try #require(token?.reference), desk.now)
            let live = try #require(
                try await desk.store.read { try $0.session(reference, at: now) })
            let visitor = Visitor(
                desk: desk, page: .security, session: live.session, account: live.account,
                browser: Digest.sha256("browser"), network: "192.0.2.1", now: now)
            guard case .saved = try await visitor.commit([visitor.audit(.sessionsEnded)]) else {
                Issue.record("the session lives")
                return
            }
            try await desk.store.write { try $0.end(live.session.id, .endedByUser, at: now) }
            guard case .moved = try await visitor.commit([visitor.audit(.consentWithdrawn)]) else {
                Issue.record("the session is over")
                return
            }
            let kinds = try await world.auditKinds()
            #expect(kinds.contains("sessionsEnded") && !kinds.contains("consentWithdrawn"))
        }
    }
}
