import Foundation
import Messages
import Parents
import Serving
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The contact page")
struct ContactTests {
    private func page(_ support: SupportContact) async throws -> TestAnswer {
        var page: TestAnswer?
        try await TestDesk.run(.sqlite) { test in
            let routes = try ProviderRoutes(
                desk: test.desk, keyLead: .seconds(86_400),
                information: InformationPages(desk: test.desk, support: support))
            page = try await TestDoor(routes.responder()).get("/contact")
        }
        return try #require(page)
    }

    @Test("names the school first, then the support team as it was configured (J-G-13)")
    func configured() async throws {
        let text = try await page(
            SupportContact(
                phone: "01 99 00 00 01", mail: MailAddress("help@example.org"),
                page: "https://help.example.org/", hours: "de 9 h à 17 h")
        ).text
        for words in [
            "href=\"tel:0199000001\">01 99 00 00 01<",
            "href=\"mailto:help@example.org\">help@example.org<",
            "href=\"https://help.example.org/\"", "de 9 h à 17 h",
        ] { #expect(text.contains(words), "\(words)") }
        let school = try #require(text.range(of: "directeur de l&#39;école"))
        let team = try #require(text.range(of: "help@example.org"))
        #expect(school.lowerBound < team.lowerBound)
    }

    @Test("says by whom the support team is reached where nothing was configured (J-G-13)")
    func unconfigured() async throws {
        let text = try await page(SupportContact()).text
        #expect(text.contains("par l&#39;intermédiaire du directeur de l&#39;école"))
        #expect(!text.contains("mailto:") && !text.contains("tel:"))
    }

    @Test("is where the help and the error pages lead that speak of the support team (J-G-13)")
    func linked() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open("/aide")
            #expect(browser.words.contains(">contactez l'assistance</a>"))
            try await browser.open("/authorize?client_id=nobody")
            #expect(
                browser.words.contains(
                    "href=\"/contact\" id=\"contact-link\">l'assistance</a>"))
        }
    }

    @Test("is read from the configuration, which says what is wrong with it")
    func configuration() throws {
        func read(_ text: String) throws -> (SupportContact, [String]) {
            let reader = ConfigurationReader(
                try JSON(parsing: Array(text.utf8)), folder: "/", prefix: "X", environment: [:])
            return (SupportContact(reader), reader.problems)
        }
        let (good, none) = try read(
            #"{"support":{"phone":"01 99 00 00 01","mail":"help@example.org","page":"https://a.org/"}}"#
        )
        #expect(good.isKnown && none.isEmpty)
        #expect(good.mail?.text == "help@example.org")
        let (bad, problems) = try read(
            #"{"support":{"phone":"call me","mail":"help","page":"javascript:x"}}"#)
        #expect(!bad.isKnown)
        #expect(problems.count == 3)
    }
}
