import Flow
import FoundationEssentials
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("« Se connecter » of a mail's link")
struct SignInEntryTests {
    private static let unknown = "/confirmation?code=unknown"
    private static let initiation = "https://teleservice.example.org/initier"

    private static func entry(_ page: TestAnswer) -> String? {
        page.text.firstMatch(of: /href="([^"]*)" id="sign-in"/).map { String($0.output.1) }
    }

    @Test("leads to the one teleservice where nothing is known of the link (J-C-34, J-K-04)")
    func only() async throws {
        try await ActivationWorld.run { world in
            let page = try await world.signIn.browser().open(Self.unknown)
            #expect(page.code == 410)
            #expect(Self.entry(page) == "https://teleservice.example.org/")
        }
    }

    @Test("begins a sign-in at once where the teleservice says how (Core §4)")
    func initiated() async throws {
        try await SignInWorld.run {
            $0.clientURI = "https://teleservice.example.org/"
            $0.initiateLoginURI = Self.initiation
        } _: { world in
            let page = try await world.browser().open(Self.unknown)
            #expect(
                Self.entry(page)
                    == Self.initiation + "?iss=https%3A%2F%2Feduconnect.example.org")
        }
    }

    @Test("leads to the list of the teleservices where there are several (J §3.0.6)")
    func several() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.test.register("inscription") {
                $0.clientURI = "https://inscription.example.org/"
            }
            let browser = world.signIn.browser()
            #expect(Self.entry(try await browser.open(Self.unknown)) == "/#teleservices")
            let home = try await browser.open("/")
            #expect(home.text.contains("<h2 id=\"teleservices\">"))
            #expect(home.text.contains("href=\"https://inscription.example.org/\""))
        }
    }
}
