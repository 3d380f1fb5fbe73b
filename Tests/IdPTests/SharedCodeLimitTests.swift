import Flow
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("Strangers who ask for codes")
struct SharedCodeLimitTests {
    @Test(
        "can't use up a number's codes by other names, where nothing is sent for them (SR-45, modern)",
        arguments: Backend.available)
    func otherNames(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend, profile: .modern) { world in
            for number in 0..<6 {
                let stranger = try await world.atIdentity(from: "198.51.100.\(number / 3)")
                try await stranger.identify("Nobody", "Here\(number)", EnrolmentWorld.number)
                #expect(stranger.step == "sms-code")
                world.test.clock.advance(by: .seconds(61))
            }
            #expect(try await world.test.textMessages().isEmpty)
            let owner = try await world.atIdentity(from: "192.0.2.1")
            try await owner.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(owner.step == "sms-code")
            #expect(try await world.test.textMessages().count == 1)
        }
    }

    @Test(
        "learn nothing of who is real once all codes of the hour are sent, and SIGN-3 goes on (SR-45, SR-46)"
    )
    func total() async throws {
        var policy = Policy(profile: .modern)
        policy.sends.inTotalAnHour = 1
        try await EnrolmentWorld.run(profile: .modern, policy: policy) { world in
            #expect(try await world.atCode().step == "sms-code")
            for names in [
                ("Durant", "Valéry", "06 39 98 00 01"), ("Nobody", "Here", "06 39 98 00 50"),
            ] {
                #expect(try await world.atCode(names.0, names.1, names.2).answer?.code == 429)
            }
            let signedIn = try await stepUp(world)
            #expect(signedIn.step == "step-up-code")
        }
    }

    @Test(
        "share a carrier's address and have a code a minute, SIGN-3 one more (SR-45)"
    )
    func network() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            for number in 0..<62 {
                let network = number < 61 ? "192.0.2.1" : "192.0.2.2"
                let browser = try await world.atIdentity(from: network)
                try await browser.identify("Nobody", "Here", "06 39 98 00 \(number + 30)")
                #expect(browser.answer?.code == (number == 60 ? 429 : 200))
            }
            let signedIn = try await stepUp(world)
            #expect(signedIn.step == "step-up-code")
        }
    }

    /// Somebody who has signed in and asks for the code of SIGN-3.
    private func stepUp(_ world: EnrolmentWorld) async throws -> TestBrowser {
        let signedIn = world.world.browser()
        let level = AuthenticationContext.passwordSMS.rawValue
        try await signedIn.open(try world.world.request([("acr_values", level)]))
        try await signedIn.signIn()
        try await signedIn.submit([])
        return signedIn
    }
}
