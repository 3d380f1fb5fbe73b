import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("SIGN-1, by the state of the account")
struct SignInStateTests {
    private static let wrong = "Identifiant ou mot de passe incorrect."

    @Test(
        "leads the letter's password to « MOT DE PASSE NON CHANGÉ » and no further (J-S-14, J-C-10, SR-54)",
        arguments: Backend.available)
    func provisional(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let browser = try await world.withLetter()
            #expect(browser.step == "password-not-changed")
            #expect(browser.shows("<h1>MOT DE PASSE NON CHANGÉ</h1>"))
            #expect(
                browser.shows(
                    "Vous ne pouvez pas accéder à cette ressource avant d'avoir changé votre mot de passe."
                ))
            #expect(try await world.sessions() == 0)
            #expect(try await world.auditKinds().contains("activationOpened"))
            // Neither another request nor one without pages finds anybody signed in.
            try await browser.open(try world.signIn.request([("prompt", "none")]))
            #expect(browser.callback?["error"] == "login_required")
        }
    }

    @Test("opens no step that is not due, whatever address is typed (J-G-18, J-G-11)")
    func skipping() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.withLetter()
            let flow = "/" + browser.path.split(separator: "/").dropLast().joined(separator: "/")
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            for step in StepID.allCases where step != .passwordNotChanged {
                try await browser.open(flow + "/" + step.rawValue)
                #expect(browser.step == "password-not-changed", "\(step)")
                try await browser.post(
                    flow + "/" + step.rawValue, form.hidden + world.fields())
                #expect(browser.step == "password-not-changed", "\(step)")
                #expect(browser.callback == nil)
            }
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("leads an account whose address is not confirmed to the address (J-S-16, J-C-29)")
    func activating() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let browser = world.signIn.browser()
            try await browser.open(try world.signIn.request())
            try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(browser.step == "address")
            #expect(browser.callback == nil)
            #expect(try await world.sessions() == 0)
        }
    }

    @Test(
        "refuses the letter's password three months after its day, and after a month in the modern profile (J-S-18, J-C-07, J-F-05)",
        arguments: [(Policy.Profile.educonnect, Int64(90)), (.modern, 30)])
    func outOfDate(_ profile: Policy.Profile, _ days: Int64) async throws {
        try await ActivationWorld.run(policy: Policy(profile: profile)) { world in
            // From 15 January to 15 April, 11:00 by the clock both times.
            world.test.clock.advance(by: .seconds(days * 86_400 - 3600))
            #expect(try await world.withLetter().step == "password-not-changed")
            world.test.clock.advance(by: .seconds(3601))
            let browser = try await world.withLetter()
            #expect(browser.isRefused)
            #expect(
                browser.shows(
                    "Votre mot de passe provisoire n'est plus valable. Contactez le directeur d'école pour qu'il vous transmette à nouveau un courrier de notification."
                ))
        }
    }

    @Test(
        "answers an account without a password, a notified one's wrong one and an unknown one alike (J-S-17, SR-46)"
    )
    func alike() async throws {
        try await ActivationWorld.run { world in
            let now = world.test.clock.now
            let account = Account(
                id: world.test.desk.makeID(at: now), identifier: "m.fagot", createdAt: now,
                updatedAt: now)
            try await world.test.store.write { _ = try $0.insert(account) }
            for identifier in ["m.fagot", ActivationWorld.identifier, "nobody", "v.durant1"] {
                let browser = world.signIn.browser()
                try await browser.open(try world.signIn.request())
                try await browser.signIn(identifier, "ABCD23EF")
                #expect(browser.isRefused)
                #expect(browser.shows(Self.wrong), "\(identifier)")
            }
        }
    }

    @Test("takes the letter's password no more once an own one stands (J-C-08, J-F-06, SR-54)")
    func served() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let again = try await world.withLetter()
            #expect(again.shows(Self.wrong))
            let row = try await world.row()
            #expect(row.provisionalPasswordHash == nil && row.provisionalPasswordSealed == nil)
        }
    }

    @Test("refuses the password of an absorbed account in its own words (J-S-19)")
    func absorbed() async throws {
        try await ActivationWorld.run { world in
            try await world.test.makeAccount(
                "v.durant", .closed, password: SignInWorld.password)
            let browser = world.signIn.browser()
            try await browser.open(try world.signIn.request())
            try await browser.signIn("v.durant")
            #expect(
                browser.shows(
                    "Ce compte n'est plus utilisable. Connectez-vous avec votre compte principal."))
        }
    }

    @Test(
        "tells the owner by mail of a browser that the account does not know, once (domain §5 B9)",
        arguments: Backend.available)
    func newDevice(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let browser = world.signIn.browser()
            for _ in 0..<2 {
                try await browser.open(try world.signIn.request([("prompt", "login")]))
                try await browser.signIn()
                #expect(browser.callback?["code"] != nil)
                world.test.clock.advance(by: .seconds(61))
            }
            let mails = try await world.mails()
            #expect(mails.count == 1)
            #expect(mails.first?.to.text == "valery.durant@example.org")
            #expect(mails.first?.text.contains("Téléservice lsu") == true)
            #expect(mails.first?.text.contains("v....1") == true)
            #expect(mails.first?.text.contains("v.durant1") == false)
        }
    }
}
