import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The address that an active account waits for (C-6)")
struct AddressCheckTests {
    private func atCheck(_ world: SignInWorld) async throws -> TestBrowser {
        try await world.apply(.addressGiven(SignInWorld.newAddress))
        let browser = world.browser()
        try await browser.open(try world.request())
        try await browser.signIn()
        return browser
    }

    @Test(
        "is shown after a right password; kept, its mail goes out again, and on to the teleservice (J-O-03, J-O-04, J-O-07, J-O-15)",
        arguments: Backend.available)
    func kept(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await atCheck(world)
            #expect(browser.step == "address-check")
            #expect(browser.text.matches(of: /value="valery1.durant@example.com"/).count == 2)
            #expect(browser.text(of: "present-address") == SignInWorld.address)
            #expect(
                browser.shows(
                    "Vous pourrez vous connecter même avec une adresse mail non confirmée."))
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(browser.callback?["code"] != nil)
            let mails = try await world.addressMails()
            #expect(mails.map(\.to.text) == [SignInWorld.newAddress], "M-5 alone")
            let reader = world.browser()
            try await reader.open(try await world.addressLink())
            try await reader.submit([])
            #expect(try await world.row().email == SignInWorld.newAddress)
        }
    }

    @Test("corrected, both addresses are written to; the older link is void (J-O-05, 2.25)")
    func corrected() async throws {
        try await SignInWorld.run { world in
            _ = try await world.giveAddress("mistyped@example.com")
            let old = try await world.addressLink(to: "mistyped@example.com")
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn()
            try await browser.typeAddress(SignInWorld.newAddress, again: "mistyped@example.com")
            #expect(browser.isRefused && browser.step == "address-check")
            try await browser.typeAddress(SignInWorld.address)
            #expect(browser.shows("Cette adresse est déjà votre adresse mail."))
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(browser.callback?["code"] != nil)
            let newest = try await world.addressMails().suffix(2).map(\.to.text)
            #expect(Set(newest) == [SignInWorld.address, SignInWorld.newAddress])
            #expect(try await world.browser().open(old).code == 410)
            #expect(try await world.row().pendingEmail == SignInWorld.newAddress)
        }
    }

    @Test(
        "may be left for later, is shown once a sign-in, and never in the middle of a session (J-O-07)",
        arguments: Backend.available)
    func postponed(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await atCheck(world)
            let before = try await world.row()
            #expect(browser.shows("Continuer sans confirmer"))
            try await browser.submit([("action", "continuer")])
            #expect(browser.callback?["code"] != nil)
            #expect(try await world.addressMails().isEmpty)
            let after = try await world.row()
            #expect(after.pendingEmail == before.pendingEmail && after.epoch == before.epoch)
            for parameters in [[], [("prompt", "none")], [("prompt", "consent")]] {
                try await browser.open(try world.request(parameters))
                #expect(browser.step != "address-check", "\(parameters)")
            }
            try await browser.open("/portail")
            #expect(browser.path == "/portail")
            // The next sign-in asks again.
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.signIn()
            #expect(browser.step == "address-check")
        }
    }

    @Test(
        "is asked for after what the request asks for, on the way to the portal too, and not to ACC-3"
    )
    func ways() async throws {
        try await SignInWorld.run { world in
            try await world.apply(.addressGiven(SignInWorld.newAddress))
            let portal = try await world.at(.portal)
            #expect(portal.step == "address-check")
            try await portal.submit([("action", "continuer")])
            #expect(portal.path == "/portail")
            let dialog = try await world.at(.email)
            #expect(dialog.path == "/compte/adresse", "which shows it anyway")
            let strong = world.browser()
            try await strong.open(
                try world.request([("acr_values", "urn:educonnect:acr:password-sms")]))
            try await strong.signIn()
            #expect(strong.step == "step-up")
        }
    }

    @Test("is not asked for by FranceConnect, whose sign-in is no right password")
    func franceConnect() async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(upstreams: [stub.upstream()]) { world in
            try await world.apply(.addressGiven(SignInWorld.newAddress))
            let browser = try await world.atByFranceConnect(.portal, stub)
            #expect(browser.path == "/portail")
        }
    }

    @Test("holds nobody up when too many mails were sent (SR-53)")
    func limits() async throws {
        try await SignInWorld.run { world in
            _ = try await world.giveAddress()
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn()
            let mails = try await world.addressMails().count
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(browser.answer?.code == 429)
            #expect(try await world.addressMails().count == mails)
            try await browser.submit([("action", "continuer")])
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("is gone once its link was followed in the meantime: on to the teleservice")
    func followed() async throws {
        try await SignInWorld.run { world in
            let browser = try await atCheck(world)
            try await world.apply(.addressConfirmed(SignInWorld.newAddress))
            try await browser.typeAddress("other@example.com")
            #expect(browser.callback?["code"] != nil)
            #expect(try await world.row().pendingEmail == nil)
        }
    }
}
