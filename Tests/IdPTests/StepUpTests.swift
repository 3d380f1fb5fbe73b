import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Serving
import Web

@testable import IdP

@Suite("A teleservice that asks for a code besides the password (J-S-21)")
struct StepUpTests {
    private static let passwordSMS = AuthenticationContext.passwordSMS.rawValue

    private func request(_ world: SignInWorld) throws -> String {
        try world.request([("acr_values", Self.passwordSMS)])
    }

    private func atStepUp(_ world: SignInWorld) async throws -> TestBrowser {
        let browser = world.browser()
        try await browser.open(try request(world))
        try await browser.signIn()
        return browser
    }

    @Test(
        "sends it to the directory's number when the button is pressed, not before (J-S-21)",
        arguments: Backend.available)
    func happyPath(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await atStepUp(world)
            #expect(browser.step == "step-up")
            for words in [
                "<h1>Vérification par SMS</h1>",
                "Un code va être envoyé au numéro 06 ** ** ** 01.", "Recevoir mon code SMS",
                "Annuler",
            ] { #expect(browser.words.contains(words), "\(words)") }
            #expect(try await world.test.textMessages().isEmpty)
            try await browser.submit([])
            #expect(browser.step == "step-up-code")
            #expect(browser.words.contains("<h1>Vérification par SMS</h1>"))
            #expect(browser.words.contains("envoyé par SMS au 06 ** ** ** 01."))
            let message = try #require(try await world.test.textMessages().first)
            #expect(message.number.text == "+33639980001")
            #expect(message.text.contains("votre code de vérification est "))
            #expect(message.isGSM7)
            try await browser.submit([("code", try await world.test.newestCode())])
            let claims = try await world.idToken(browser)
            #expect(claims.member("acr")?.string == Self.passwordSMS)
            #expect(claims.member("amr") == ["pwd", "sms"])
        }
    }

    @Test("adds it to what a session brought (J-S-21)", arguments: Backend.available)
    func session(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.signedIn()
            let start = world.test.clock.now
            world.test.clock.advance(by: .seconds(600))
            try await browser.open(try request(world))
            #expect(browser.step == "step-up")
            try await browser.submit([])
            try await browser.submit([("code", try await world.test.newestCode())])
            let claims = try await world.idToken(browser)
            #expect(claims.member("acr")?.string == Self.passwordSMS)
            #expect(claims.member("auth_time")?.integer == start.epochSeconds)
            try await browser.open(try request(world))
            #expect(browser.callback?["code"] != nil, "the session has it from then on")
        }
    }

    @Test("tells wrong codes and void ones, and may send another (J-S-21)")
    func wrong() async throws {
        try await SignInWorld.run { world in
            let browser = try await atStepUp(world)
            try await browser.submit([])
            for number in 1...5 {
                try await browser.submit([("code", "12345")])
                #expect(browser.words.contains("plus valable") == (number == 5))
                try await browser.follow("retry")
            }
            #expect(browser.step == "step-up")
            try await browser.submit([])
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 1 minute."))
            world.test.clock.advance(by: .seconds(61))
            try await browser.submit([])
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("takes no code of an enrolment, nor of another account (SR-51; security history 2.25)")
    func otherCodes() async throws {
        try await EnrolmentWorld.run { world in
            let browser = world.world.browser()
            try await browser.open(try request(world.world))
            try await browser.follow("no-account")
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            let code = try await world.test.newestCode()
            try await browser.open(browser.path.replacing("/sms-code", with: "/password"))
            try await browser.signIn()
            #expect(browser.step == "step-up", "what was sent for somebody else waits no more")
            try await browser.submit([])
            try await browser.submit([("code", code)])
            #expect(browser.words.contains("Le code saisi est incorrect."))
        }
    }

    @Test("is void when the directory writes another number meanwhile")
    func changed() async throws {
        try await SignInWorld.run { world in
            let browser = try await atStepUp(world)
            try await browser.submit([])
            try await world.test.setMobile("+33639980019", of: world.parent.guardian)
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.words.contains("plus valable"))
        }
    }

    @Test(
        "gets the level that was reached where the directory has no number to send to",
        arguments: [nil, "+447700900123"])
    func noNumber(_ number: String?) async throws {
        try await SignInWorld.run { world in
            try await world.test.setMobile(number, of: world.parent.guardian)
            let browser = try await atStepUp(world)
            #expect(browser.callback?["code"] != nil, "\(browser.step)")
            let claims = try await world.idToken(browser)
            #expect(claims.member("acr")?.string == "urn:educonnect:acr:password")
        }
    }

    @Test("may be told no: « Annuler » (J-S-21)")
    func cancelled() async throws {
        try await SignInWorld.run { world in
            let browser = try await atStepUp(world)
            try await browser.submit([("action", "annuler")])
            #expect(browser.callback?["error"] == "access_denied")
        }
    }

    @Test("is asked for no longer once the session that brought the person is over (SR-56)")
    func sessionOver() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            try await browser.open(try request(world))
            let form = try #require(TestForm(browser.text))
            let (account, clock) = (world.parent.account.id, world.test.clock)
            try await world.test.store.write { writer in
                for session in try writer.sessions(of: account, at: clock.now) {
                    try writer.end(session.id, .signedOut, at: clock.now)
                }
            }
            try await browser.open(browser.path)
            #expect(browser.step == "password")
            #expect(!browser.words.contains("06 **"))
            try await browser.post(form.action, form.hidden)
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("reaches a parent whose number a stranger has typed into an enrolment (SR-45, SR-53)")
    func strangersForms() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            for _ in 0..<3 {
                let stranger = try await world.atCode("Nobody", "Here", "06 39 98 00 01")
                #expect(stranger.step == "sms-code")
                world.test.clock.advance(by: .seconds(61))
            }
            #expect(try await world.atCode("Nobody", "Here", "06 39 98 00 01").answer?.code == 429)
            let browser = try await atStepUp(world.world)
            try await browser.submit([])
            #expect(browser.step == "step-up-code")
        }
    }

    @Test("is not shown before somebody has signed in")
    func notBefore() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try request(world))
            for step in ["step-up", "step-up-code"] {
                try await browser.open(browser.path.replacing("/password", with: "/" + step))
                #expect(browser.step == "password")
            }
        }
    }
}
