import TestSupport
import Testing

@testable import IdP

@Suite("The two screens of an older activation form (J-C-22)")
struct ActivationTwoScreensTests {
    @Test("mark each label once, as the notes under the form do (J-G-16)")
    func marks() async throws {
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            #expect(browser.shows(">nouveau mot de passe**</label>"))
            #expect(browser.shows(">adresse mail***</label>"))
            #expect(browser.shows(">confirmation de l'adresse mail<span class=\"required\""))
            #expect(
                browser.shows(">confirmation du nouveau mot de passe<span class=\"required\""))
        }
    }

    @Test("put the focus on the first wrong field as the screen shows them (J-C-13, J-C-16)")
    func focus() async throws {
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            #expect(browser.focused == "new-password")
            try await browser.submit(world.fields([("email", "isabelle")]))
            #expect(browser.focused == "email")
            try await browser.submit(
                world.fields([("email", ""), ("new-password-confirmation", "")]))
            #expect(browser.focused == "new-password-confirmation")
        }
    }

    @Test(
        "say of each list that it was left alone, and of the date that it does not exist (J-C-19)")
    func date() async throws {
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            try await browser.submit(world.fields())
            #expect(browser.focused == "day")
            #expect(
                browser.shows(
                    "Choisissez 00 pour un jour ou un mois que l'état civil ne connaît pas."))
            try await browser.submit([("day", "16"), ("month", ""), ("year", "")])
            #expect(browser.focused == "month")
            #expect(browser.shows("<a href=\"#month\">mois : Champ obligatoire</a>"))
            #expect(browser.shows("<a href=\"#year\">année : Champ obligatoire</a>"))
            #expect(browser.shows("id=\"month-error\">Champ obligatoire<"))
            try await browser.submit([("day", "31"), ("month", "02"), ("year", "2012")])
            #expect(
                browser.shows(
                    "Date de naissance de votre enfant Alexis : Choisissez une date qui existe."))
            #expect(!browser.shows("jj/mm/aaaa"), "nothing is typed here")
        }
    }
}

extension TestBrowser {
    /// The id of the field that has the focus when the page opens.
    fileprivate var focused: String? {
        words.matches(of: /<(?:input|select)[^>]*>/).map { String($0.output) }
            .first { $0.contains(" autofocus") }?
            .firstMatch(of: /id="([^"]*)"/).map { String($0.output.1) }
    }
}
