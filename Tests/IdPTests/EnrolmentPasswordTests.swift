import Flow
import Foundation
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The password of an enrolment")
struct EnrolmentPasswordTests {
    @Test("is asked for under the identifier, in the words of B-4 (J-B-22, J-B-23, J-B-24)")
    func words() async throws {
        try await EnrolmentWorld.run { world in
            let page = try await world.atPassword().words
            for words in [
                "Je prends note de mon identifiant", "<strong id=\"identifier\">p.loyez</strong>",
                "Je crée mon mot de passe", "class=\"help-mark\"",
                "...et je le confirme en le saisissant à nouveau", "Terminer", "Besoin d'aide ?",
                "La valeur du champ \"Nouveau mot de passe\" doit comporter entre 8 et 14 caractères",
            ] { #expect(page.contains(words), "\(words)") }
        }
    }

    @Test(
        "keeps the rule, the deny-list, and is typed twice alike (J-B-24, J-B-25, J-F-03, SR-43)",
        arguments: [
            ("Tqbrw7v", nil, "doit comporter entre 8 et 14 caractères"),
            ("Tqbrw7vkz9xTqbr", nil, "doit comporter entre 8 et 14 caractères"),
            ("tqbrwvkz", nil, "doit comporter entre 8 et 14 caractères"),
            ("98351746", nil, "doit comporter entre 8 et 14 caractères"),
            ("Tqbrw7vkzé", nil, "doit comporter entre 8 et 14 caractères"),
            ("Tqbrw7 vkz", nil, "doit comporter entre 8 et 14 caractères"),
            ("motdepasse1", nil, "trop facile à deviner"),
            ("Leane291012", nil, "que d'autres connaissent"),
            ("Tqbrw7vkz9x", "Tqbrw7vkz9X", "Les deux mots de passe saisis ne sont pas identiques."),
            ("Tqbrw7vkz9x", "", "Champ obligatoire"), ("", "", "Champ obligatoire"),
        ] as [(String, String?, String)])
    func refused(_ typed: (String, String?, String)) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atPassword()
            try await browser.choose(typed.0, typed.1)
            #expect(browser.isRefused)
            #expect(browser.words.contains(typed.2))
            if !typed.0.isEmpty { #expect(!browser.words.contains("value=\"\(typed.0)\"")) }
            #expect(try await world.account()?.state == .notNotified)
        }
    }

    @Test(
        "is not the letter's (SR-54), and the letter's is void from then on (security history 2.27)"
    )
    func provisional() async throws {
        let letter = "BUNZ57DM"
        try await EnrolmentWorld.run { account, _ in
            account.state = .notifiedNotActivated
            account.distributionDate = TestDesk.start
            account.provisionalPasswordAt = TestDesk.start
            account.provisionalPasswordHash = try? PasswordHash.hash(
                Array(letter.utf8), salt: Array("salt of sixteen.".utf8),
                parameters: .init(memoryKiB: 64, iterations: 1))
            account.provisionalPasswordSealed = [1]
            account.pendingEmail = "stranger@example.org"
        } _: { world in
            let browser = try await world.atPassword()
            try await browser.choose(letter)
            #expect(browser.isRefused)
            #expect(browser.words.contains("différent du mot de passe provisoire"))
            try await browser.choose(EnrolmentWorld.password)
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.account())
            #expect(account.provisionalPasswordHash == nil)
            #expect(account.provisionalPasswordSealed == nil)
            #expect(account.pendingEmail == nil)
        }
    }

    @Test(
        "ends what somebody had prepared on the account: own password, session (security history 2.27)"
    )
    func prepared() async throws {
        try await EnrolmentWorld.run { account, _ in
            account.state = .activating
        } _: { world in
            let stranger = SampleParent(
                account: world.record.account, guardian: world.record.guardian, child: world.leane)
            try await world.test.setPassword("Stranger7x9", of: stranger)
            let present = try #require(try await world.account())
            let session = try await world.test.signIn(
                SampleParent(account: present, guardian: world.record.guardian, child: world.leane))
            let browser = try await world.atPassword()
            try await browser.choose(EnrolmentWorld.password)
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.account())
            #expect(account.epoch > session.accountEpoch)
            let other = world.world.browser()
            try await other.open(try world.world.request())
            try await other.signIn("p.loyez", "Stranger7x9")
            #expect(other.isRefused)
        }
    }

    @Test(
        "opens one account: the person's other records close into it (J §8.2 no. 7)",
        arguments: Backend.available)
    func absorbs(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            // The oldest record is kept.
            world.test.clock.advance(by: .seconds(1))
            var twins: [SampleRecord] = []
            for number in 1...2 {
                let twin = try await world.test.makeRecord("p.loyez\(number)")
                try await world.test.makePupil("Jean", born: "2014-06-07", of: [twin])
                twins.append(twin)
            }
            let browser = try await world.atChildren()
            let jean = try #require(
                browser.text.matches(of: /name="(birth-date-[0-9a-f]+)"/)
                    .map { String($0.output.1) }
                    .first { name in !world.dates.contains { $0.0 == name } })
            try await browser.submit(world.dates + [(jean, "2014-06-07")])
            try await browser.choose(EnrolmentWorld.password)
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.account())
            #expect(account.state == .active)
            for twin in twins {
                let closed = try await world.test.account(twin.account.identifier)
                #expect(closed?.state == .closed)
                #expect(closed?.mergedInto == account.id)
            }
            let now = world.test.clock.now
            let children = try await world.test.store.read {
                try $0.children(of: account.id, at: now)
            }
            #expect(children.count == 3)
            #expect(try await world.events("merged").count == 2)
        }
    }

    @Test(
        "set in two flows at once opens the account once; the other is told (J-B-29)",
        arguments: Backend.available)
    func race(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let first = try await world.atPassword()
            world.test.clock.advance(by: .seconds(61))
            let second = try await world.atPassword()
            async let one: Void = first.choose("Tqbrw7vkz9x")
            async let other: Void = second.choose("Zpmfd4kxw8v")
            _ = try await (one, other)
            let browsers = [first, second]
            #expect(browsers.filter { $0.callback?["code"] != nil }.count == 1)
            let loser = try #require(browsers.first { $0.callback == nil })
            if loser.step == "new-password" { try await loser.submit([("action", "recommencer")]) }
            #expect(loser.step == "password")
            #expect(try await world.account()?.state == .active)
        }
    }

    @Test("finds an account that became active meanwhile, and says so")
    func becameActive() async throws {
        try await EnrolmentWorld.run { world in
            let atCode = try await world.atCode()
            let code = try await world.test.newestCode()
            world.test.clock.advance(by: .seconds(61))
            let atChildren = try await world.atIdentity()
            try await atChildren.identify("Loyez", "Patrick", EnrolmentWorld.number)
            try await atChildren.submit([("code", try await world.test.newestCode())])
            world.test.clock.advance(by: .seconds(61))
            let first = try await world.atPassword()
            try await first.choose(EnrolmentWorld.password)
            #expect(first.callback?["code"] != nil)
            try await atChildren.submit(world.dates)
            #expect(atChildren.step == "password")
            #expect(atChildren.words.contains("Un compte EduConnect est déjà créé"))
            try await atCode.submit([("code", code)])
            #expect(atCode.words.contains("plus valable"), "a newer code was sent")
        }
    }
}
