import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP
@testable import Web

@Suite("The address that waits for its confirmation (C-6)")
struct AddressStepTests {
    private func atAddress(_ world: ActivationWorld) async throws -> TestBrowser {
        let browser = world.signIn.browser()
        try await browser.open(try world.signIn.request())
        try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
        return browser
    }

    @Test(
        "is shown to be kept: a new mail goes out, and the older link is void (T8, J-S-16, SR-51)",
        arguments: Backend.available)
    func kept(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            _ = try await world.waiting()
            let old = try await world.link()
            world.test.clock.advance(by: .seconds(61))
            let browser = try await atAddress(world)
            let page = try #require(browser.answer?.text)
            #expect(page.matches(of: /value="isabelle@example.org"/).count == 2)
            try await browser.submit([
                ("email", ActivationWorld.address),
                ("email-confirmation", ActivationWorld.address),
            ])
            #expect(browser.step == "waiting")
            let new = try await world.link()
            #expect(new != old)
            let telephone = world.signIn.browser()
            try await telephone.open(old)
            #expect(telephone.shows("Ce lien n'est plus valable."))
            try await telephone.open(new)
            try await telephone.submit([])
            #expect(telephone.shows("Compte activé !"))
        }
    }

    @Test("is given to no account that its link has opened in the meantime (T8, SR-52)")
    func opened() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            world.test.clock.advance(by: .seconds(61))
            let browser = try await atAddress(world)
            let desk = world.test.desk
            let id = try #require(
                Interaction.ID(address: browser.path.split(separator: "/")[1]))
            let row = try #require(try await world.test.store.read { try $0.interaction(id) })
            let interaction = try #require(
                InteractionSeal(keys: desk.keys).interaction(of: row))
            let context = StepContext(
                desk: desk, client: world.signIn.client, now: desk.now, network: "192.0.2.1",
                form: StepForm(action: browser.path, hidden: []), interaction: id, sealed: nil)
            let other = "other@example.org"
            let form = Form([("email", other), ("email-confirmation", other)])
            // Between the look that found the form due and the step's own.
            let before = try await AddressStep().submit(form, interaction, context)
            #expect(!before.changes.isEmpty)
            try await world.apply(.addressConfirmed(ActivationWorld.address))
            let after = try await AddressStep().submit(form, interaction, context)
            #expect(after.restarts && after.changes.isEmpty)
        }
    }

    @Test("can be corrected: the link goes to the new address alone (2.25, 2.27)")
    func corrected() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting(address: "isabele@example.org")
            let old = try await world.link()
            world.test.clock.advance(by: .seconds(61))
            let browser = try await atAddress(world)
            try await browser.submit([
                ("email", ActivationWorld.address), ("email-confirmation", "isabele@example.org"),
            ])
            #expect(browser.shows("Les deux adresses mail saisies ne sont pas identiques."))
            try await browser.submit([
                ("email", ActivationWorld.address),
                ("email-confirmation", ActivationWorld.address),
            ])
            #expect(browser.step == "waiting")
            #expect(try await world.mails().first?.to.text == ActivationWorld.address)
            let scanner = world.signIn.browser()
            try await scanner.open(old)
            #expect(scanner.answer?.code == 410)
            #expect(try await world.row().pendingEmail == ActivationWorld.address)
        }
    }

    @Test(
        "gets a mail a minute, three an hour, five a day; the account no more than one address (SR-53)"
    )
    func limits() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            func send(_ address: String) async throws -> Int {
                let browser = try await atAddress(world)
                return try await browser.submit([
                    ("email", address), ("email-confirmation", address),
                ]).code
            }
            let sent = try await world.mails().count
            #expect(try await send(ActivationWorld.address) == 429)
            #expect(try await world.mails().count == sent)
            #expect(try await send("mistyped@example.org") == 200, "another address need not wait")
            world.test.clock.advance(by: .seconds(61))
            #expect(try await send(ActivationWorld.address) == 200)
            world.test.clock.advance(by: .seconds(61))
            #expect(try await send("other@example.org") == 429, "the fourth of this hour")
            for _ in 0..<2 {
                world.test.clock.advance(by: .seconds(3600))
                #expect(try await send(ActivationWorld.address) == 200)
            }
            world.test.clock.advance(by: .seconds(3600))
            #expect(try await send(ActivationWorld.address) == 429, "the sixth of this day")
            #expect(try await world.row().pendingEmail == ActivationWorld.address)
        }
    }
}
