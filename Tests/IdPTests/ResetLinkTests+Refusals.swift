import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

extension ResetLinkTests {
    @Test("keeps the rule, says how, and refuses the password in force (J-X-13, J-F-03, SR-43)")
    func rule() async throws {
        try await RecoveryWorld.run { world in
            let present = "Zw7tQx4m"
            try await world.test.setPassword(present, of: world.world.parent)
            _ = try await world.lose()
            let browser = try await opened(world)
            for (typed, again, message) in [
                ("", "", "Champ obligatoire"),
                ("court1", "court1", "doit comporter entre 8 et 14 caractères"),
                ("kR7vXw2p", "kR7vXw2q", "Les deux mots de passe saisis ne sont pas identiques."),
                ("Password1", "Password1", "Ce mot de passe est trop facile à deviner."),
                ("Durant59x", "Durant59x", "des informations que d'autres connaissent"),
                (
                    present, present,
                    "Le nouveau mot de passe doit être différent de votre mot de passe actuel."
                ),
            ] {
                try await browser.submit(
                    RecoveryWorld.fields([
                        ("new-password", typed), ("new-password-confirmation", again),
                    ]))
                #expect(browser.answer?.code == 422, "\(typed)")
                #expect(browser.shows(message), "\(typed)")
                #expect(browser.shows("value=\"v.durant1\""), "the identifier is kept")
            }
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.shows(Self.done))
        }
    }

    @Test(
        "used, replaced, out of date, of an older password, of another kind or unknown, says so and leads to PWD-1 (J-O-16, J-F-06, SR-51)",
        arguments: Backend.available)
    func void(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            func isVoid(_ link: String, _ what: String) async throws {
                let browser = world.world.browser()
                try await browser.open(link)
                #expect(browser.answer?.code == 410 && browser.shows(Self.void), "\(what)")
                try await browser.follow("ask-again")
                #expect(browser.step == "lost-password", "\(what)")
                #expect(browser.shows("Je saisis mon identifiant"))
            }
            let asker = try await world.lose()
            let replaced = try await world.link()
            let page = try await opened(world)
            world.clock.advance(by: .seconds(61))
            _ = try await world.lose()
            try await isVoid(replaced, "replaced")
            try await page.submit(RecoveryWorld.fields())
            #expect(page.shows(Self.void))
            // In the browser that asked, its own request goes on.
            try await asker.open(replaced)
            try await asker.follow("ask-again")
            #expect(asker.step == "lost-password" && asker.path.hasPrefix("/authorize/"))
            let used = try await world.link()
            let browser = try await opened(world)
            try await browser.submit(RecoveryWorld.fields())
            try await isVoid(used, "used")
            world.clock.advance(by: .seconds(61))
            _ = try await world.lose()
            let older = try await world.link()
            try await world.apply(.passwordChanged(passwordHash: "another"))
            try await isVoid(older, "of an older password")
            let now = world.clock.now
            let (id, epoch) = (try await world.row().id, try await world.row().epoch)
            let token = world.test.desk.makeToken(.mailToken, at: now)
            try await world.test.store.write { writer in
                try writer.issue(
                    MailToken(
                        reference: token.reference, purpose: .addressChange, account: id,
                        accountEpoch: epoch, address: RecoveryWorld.address, createdAt: now,
                        expiresAt: now + .seconds(60)))
            }
            for code in [token.text, "", "x", "ecs_" + token.text.dropFirst(4)] {
                try await isVoid("/mot-de-passe/nouveau?code=\(code)", code)
            }
            try await isVoid("/mot-de-passe/nouveau", "without a code")
            let twice = try await world.world.browser().open("/mot-de-passe/nouveau?code=a&code=b")
            #expect(twice.code == 400)
        }
    }

    @Test(
        "is good for a day, an hour in the modern profile (journeys §8.2 no. 4, SR-50)",
        arguments: [(Policy.Profile.educonnect, Int64(86_400)), (.modern, 3600)])
    func expiry(_ profile: Policy.Profile, _ seconds: Int64) async throws {
        try await RecoveryWorld.run(profile: profile) { world in
            _ = try await world.lose()
            let browser = try await opened(world)
            world.clock.advance(by: .seconds(seconds - 1))
            let other = try await opened(world)
            #expect(other.shows("MODIFICATION DU MOT DE PASSE") && !other.shows(Self.void))
            world.clock.advance(by: .seconds(1))
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.shows(Self.void))
        }
    }

    @Test(
        "posted thirty times at once sets one password and tells it once (SR-51)",
        arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            _ = try await world.lose()
            let browser = try await opened(world)
            _ = try await browser.submitAtOnce(30, RecoveryWorld.fields())
            let row = try await world.row()
            #expect(
                row.epoch == world.world.parent.account.epoch + 2, "once for the first password")
            let told = try await world.test.mails().count { $0.subject.contains("a été modifié") }
            #expect(told == 1)
            let kinds = try await world.events(of: row.id).map(\.kind.rawValue)
            #expect(kinds.count { $0 == "passwordRecovered" } == 1)
        }
    }

    @Test("posted twice says in that browser alone that the password was changed (J-X-14)")
    func twice() async throws {
        try await RecoveryWorld.run { world in
            _ = try await world.lose()
            let (mine, other) = (try await opened(world), try await opened(world))
            let form = try #require(TestForm.holding(["identifier"], in: mine.text))
            try await mine.submit(RecoveryWorld.fields())
            #expect(mine.shows(Self.done))
            try await mine.post(form.action, form.hidden + RecoveryWorld.fields())
            #expect(mine.answer?.code == 200 && mine.shows(Self.done))
            try await other.submit(RecoveryWorld.fields())
            #expect(other.answer?.code == 410 && other.shows(Self.void))
            // Nor once another password is in force.
            world.clock.advance(by: .seconds(1))
            try await world.apply(.passwordChanged(passwordHash: "another"))
            try await mine.post(form.action, form.hidden + RecoveryWorld.fields())
            #expect(mine.answer?.code == 410)
        }
    }

    @Test("is taken only from its own page, in its own browser (SR-60)")
    func forged() async throws {
        try await RecoveryWorld.run { world in
            _ = try await world.lose()
            let (mine, other) = (try await opened(world), try await opened(world))
            let form = try #require(TestForm.holding(["identifier"], in: mine.text))
            let fields = form.hidden + RecoveryWorld.fields()
            #expect(try await other.send(form.action, fields).code == 403)
            #expect(
                try await mine.send(form.action, fields.filter { $0.0 != "csrf" }).code == 403)
            let before = try await world.row()
            try await mine.submit(
                RecoveryWorld.fields(),
                headers: [try #require(HTTPField.Name("Sec-Fetch-Site")): "cross-site"])
            #expect(mine.answer?.code == 403)
            #expect(try await world.row() == before)
        }
    }
}
