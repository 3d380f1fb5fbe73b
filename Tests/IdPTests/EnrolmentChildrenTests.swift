import Flow
import Foundation
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The children of an enrolment")
struct EnrolmentChildrenTests {
    private func fields(
        _ world: EnrolmentWorld, _ leane: String, _ clemence: String
    ) -> [(String, String)] {
        [
            (ChildrenEntry.field(world.leane.id), leane),
            (ChildrenEntry.field(world.clemence.id), clemence),
        ]
    }

    @Test(
        "stand under their schools, with the words of A-6 and B-3 (J-A-16, J-A-17, J-A-18, J-B-20)")
    func words() async throws {
        try await EnrolmentWorld.run { world in
            let page = try await world.atChildren().words
            for words in [
                "<h1>Je suis bien Patrick LOYEZ</h1>",
                "Je confirme le rattachement à mon compte des enfants suivants :",
                "Léane LOYEZ né(e) le", "Clémence LOYEZ né(e) le", "Format attendu : jj/mm/aaaa",
                "Continuer", "Besoin d'aide ?", "Mentions légales", "Contacts",
                "n'est pas le vôtre", "/aide#dates-de-naissance",
            ] { #expect(page.contains(words), "\(words)") }
            let places = try [
                "Collège Victor Hugo", "Léane", "Ecole élémentaire Marie Curie", "Clémence",
            ]
            .map { try #require(page.range(of: $0)).lowerBound }
            #expect(places == places.sorted())
            let help = try await world.world.browser().open("/aide").text
            #expect(help.contains("id=\"dates-de-naissance\""))
        }
    }

    @Test("must all be told, each by its date (J-A-19, J-B-19)")
    func missing() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            try await browser.submit(fields(world, "2012-10-29", ""))
            #expect(browser.isRefused)
            let field = ChildrenEntry.field(world.clemence.id)
            #expect(browser.words.contains("id=\"\(field)-error\">Champ obligatoire"))
            #expect(browser.words.contains("value=\"2012-10-29\""))
            #expect(!browser.words.contains("incorrecte"), "nothing was compared")
            try await browser.submit([])
            #expect(browser.isRefused)
        }
    }

    @Test(
        "are refused once for all when a date is wrong, which is not said (J-A-20, J-B-21, J §3.10.1)",
        arguments: [
            ("2012-10-28", "2017-03-02"), ("2012-10-29", "2017-02-03"),
            ("2012-01-01", "2017-01-01"),
        ])
    func wrong(_ dates: (String, String)) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            try await browser.submit(fields(world, dates.0, dates.1))
            #expect(browser.isRefused)
            #expect(
                browser.words.matches(of: /La date de naissance saisie est incorrecte/).count == 1)
            #expect(!browser.words.contains("field-error"))
            let events = try await world.events("birthDatesRefused")
            #expect(events.map(\.detail) == [""], "the audit holds no date")
            try await browser.submit(world.dates)
            #expect(browser.step == "new-password")
        }
    }

    @Test(
        "may be typed as people write dates",
        arguments: [
            ("29/10/2012", "2/3/2017"), ("29-10-2012", "02032017"), ("29.10.2012", "02 03 2017"),
        ])
    func writings(_ dates: (String, String)) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            try await browser.submit(fields(world, dates.0, dates.1))
            #expect(browser.step == "new-password")
        }
    }

    @Test(
        "have no date that the calendar lacks, and such a form is no try",
        arguments: [
            "31/02/2012", "2012-13-01", "hier", "29/10/12", String(repeating: "1", count: 400),
        ])
    func impossible(_ date: String) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            for _ in 0..<6 {
                try await browser.submit(fields(world, date, "2017-03-02"))
                #expect(browser.isRefused)
                #expect(browser.words.contains("Saisissez une date qui existe"))
                #expect(!browser.words.contains(String(repeating: "1", count: 41)))
            }
            try await browser.submit(world.dates)
            #expect(browser.step == "new-password")
        }
    }

    @Test(
        "can be guessed five times a day, whatever the browser, and right ones count for nothing (SR-55, J §8.2 no. 3)",
        arguments: Backend.available)
    func limit(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atChildren()
            let form = try #require(TestForm(browser.text))
            let wrong = form.hidden + fields(world, "2012-10-28", "2017-03-02")
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    let other = world.world.browser()
                    other.copyCookies(of: browser)
                    group.addTask { try await other.send(form.action, wrong).code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { [303, 422].contains($0) } == 5)
            #expect(codes.filter { $0 == 429 }.count == 95)
            try await browser.submit(world.dates)
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 24 heures."))
            world.test.clock.advance(by: .seconds(3600))
            let second = try await world.atChildren()
            try await second.submit(world.dates)
            #expect(second.answer?.code == 429)
            world.test.clock.advance(by: .seconds(86_400))
            for _ in 0..<2 {
                let later = try await world.atChildren()
                try await later.submit(world.dates)
                #expect(later.step == "new-password")
                world.test.clock.advance(by: .seconds(3601))
            }
            let last = try await world.atChildren()
            for number in 1...6 {
                try await last.submit(fields(world, "2012-10-28", "2017-03-02"))
                #expect(number <= 5 ? last.isRefused : last.answer?.code == 429)
            }
        }
    }

    @Test("corrected by the school are right from then on (J §3.10.1)")
    func corrected() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            try await browser.submit(fields(world, "2012-10-30", "2017-03-02"))
            #expect(browser.isRefused)
            var child = world.leane
            child.birthDate = "2012-10-30"
            let corrected = child
            try await world.test.store.write { _ = try $0.upsert(corrected) }
            try await browser.submit(fields(world, "2012-10-30", "2017-03-02"))
            #expect(browser.step == "new-password")
        }
    }

    @Test("are those of the directory at that moment; with none left the journey is over")
    func left() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            for child in [world.leane, world.clemence] {
                let link = ChildLink(
                    guardian: world.record.guardian.id, child: child.id, legalLevel: .inCharge)
                try await world.test.store.write { try $0.upsert(link) }
            }
            try await browser.open(browser.path)
            #expect(browser.words.contains("Revenez à la page de connexion"))
            try await browser.submit([("action", "recommencer")])
            #expect(browser.step == "password")
        }
    }

    @Test("of somebody else can't be chosen: the form names nobody (security history 2.25)")
    func otherChild() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            let alexis = world.world.parent.child
            try await browser.submit([
                (ChildrenEntry.field(alexis.id), alexis.birthDate),
                (ChildrenEntry.field(world.clemence.id), "2017-03-02"),
            ])
            #expect(browser.isRefused)
            #expect(try await world.account()?.state == .notNotified)
        }
    }
}
