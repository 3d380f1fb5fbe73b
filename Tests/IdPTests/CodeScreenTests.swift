import Flow
import FoundationEssentials
import TestSupport
import Testing

@testable import IdP

@Suite("The screen that asks for a code")
struct CodeScreenTests {
    @Test(
        "names the number that the code went to, masked (J-A-11, J-B-13)", arguments: [false, true])
    func number(_ byUpstream: Bool) async throws {
        try await EnrolmentWorld.run { world in
            let browser =
                byUpstream ? try await world.atCodeByUpstream() : try await world.atCode()
            #expect(browser.words.contains("envoyé par SMS au 06 ** ** ** 10."))
            #expect(!browser.words.contains("98 00"))
            try await browser.submit([("code", "")])
            #expect(browser.words.contains("envoyé par SMS au 06 ** ** ** 10."))
            // Whoever holds the address alone reads nothing of it.
            let other = world.world.browser()
            try await other.open(browser.path)
            #expect(!other.words.contains("** 10"))
        }
    }

    @Test("is the same for a number that nobody has, where answers are neutral (SR-46, J-B-09)")
    func neutral() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let known = try await world.atCode()
            let unknown = try await world.atCode("Loyez", "Patrick", "06 39 98 00 90")
            #expect(known.sent?.hasSuffix("envoyé par SMS au 06 ** ** ** 10.") == true)
            #expect(
                unknown.sent == known.sent?.replacing("** 10", with: "** 90"),
                "only what was typed differs")
        }
    }

    @Test("tells what to do when no code arrives, and the help says how to have a new one (J-B-15)")
    func help() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            #expect(browser.words.contains("Un SMS peut mettre quelques minutes à arriver."))
            #expect(browser.words.contains("href=\"/aide#code-non-recu\""))
            try await browser.open("/aide")
            for words in [
                "<section id=\"code-non-recu\"><h2>Je n'ai pas reçu de code</h2>",
                "Attendez 1 minute entre deux demandes, et n'en faites pas plus de 3 par jour.",
            ] { #expect(browser.words.contains(words), "\(words)") }
        }
    }
}

@Suite("« Besoin d'aide ? » leads to what its screen is about (J-G-15)")
struct ScreenHelpTests {
    @Test("to the birth dates of all children, without a word of a letter (J-A-20, J-B-21)")
    func birthDates() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atChildren()
            #expect(!browser.words.contains("/aide#date-de-naissance"))
            #expect(browser.words.contains("href=\"/aide#dates-de-naissance\" id=\"need-help\""))
            let section = try #require(try await browser.help("dates-de-naissance"))
            #expect(section.contains("recommencez alors avec FranceConnect"))
            #expect(!section.contains("provisoire"))
        }
    }

    @Test("to the choice of a password (J-B-23)")
    func password() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atPassword()
            #expect(browser.words.contains("href=\"/aide#mot-de-passe\" id=\"need-help\""))
            let section = try #require(try await browser.help("mot-de-passe"))
            #expect(section.contains("chiffres ET lettres obligatoires"))
            #expect(section.contains("Notez l'identifiant affiché"))
        }
    }
}

extension TestBrowser {
    /// The sentence about the code that was sent.
    fileprivate var sent: String? {
        words.firstMatch(of: /<p id="code-sent">([^<]*)</).map { String($0.output.1) }
    }

    /// A part of the help page.
    fileprivate func help(_ topic: String) async throws -> String? {
        try await open("/aide")
        return words.firstMatch(of: try Regex("<section id=\"\(topic)\">.*?</section>"))
            .map { String(words[$0.range]) }
    }
}
