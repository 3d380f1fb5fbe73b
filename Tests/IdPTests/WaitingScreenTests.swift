import Store
import TestSupport
import Testing

@testable import IdP

@Suite("The screen that waits for the activation mail")
struct WaitingScreenTests {
    @Test("says where the mail went, as it was typed or corrected (J-C-27, J-C-35)")
    func address() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.waiting()
            #expect(browser.shows("id=\"mail-address\">\(ActivationWorld.address)<"))
            try await browser.submit([("action", "recommencer")])
            try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(browser.step == "address")
            let corrected = "desoil@example.org"
            world.test.clock.advance(by: .seconds(61))
            try await browser.submit([("email", corrected), ("email-confirmation", corrected)])
            #expect(browser.step == "waiting")
            #expect(browser.shows("id=\"mail-address\">\(corrected)<"))
            // Nobody reads it by the address of the page alone.
            let other = world.signIn.browser()
            try await other.open(browser.path)
            #expect(!other.shows(corrected))
        }
    }

    @Test(
        "leads to the teleservice once the sign-in has ended in another window (J-C-27, J §3.0.6)")
    func over() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.waiting()
            let waiting = try #require(TestForm(browser.text))
            try await browser.open(try await world.link())
            try await browser.submit([])
            try await browser.follow("sign-in")
            try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(browser.callback?["code"] != nil)
            try await browser.post(
                waiting.action, waiting.hidden + [("action", "recommencer")])
            #expect(
                browser.shows("href=\"https://teleservice.example.org/\" id=\"way-on\""))
            // What names the teleservice begins nothing again.
            world.test.clock.advance(by: .seconds(30 * 86_400))
            let now = world.test.clock.now
            _ = try await world.test.store.write {
                try $0.sweep(limit: 1000, auditRetention: 86_400, at: now)
            }
            let late = try await browser.open(waiting.action)
            #expect(late.code == 410)
        }
    }
}
