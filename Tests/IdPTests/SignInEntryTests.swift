import Flow
import FoundationEssentials
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("« Se connecter » of a mail's link")
struct SignInEntryTests {
    private static func entry(_ page: TestAnswer) -> String? {
        page.text.firstMatch(of: /href="([^"]*)" id="sign-in"/).map { String($0.output.1) }
    }

    @Test("leads to the portal where nothing is known of the link (J-C-34, J-K-04)")
    func portal() async throws {
        try await ActivationWorld.run { world in
            let page = try await world.signIn.browser().open("/confirmation?code=unknown")
            #expect(page.code == 410)
            #expect(Self.entry(page) == "/portail")
        }
    }
}
