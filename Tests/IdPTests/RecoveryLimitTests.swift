import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("How often self-help may be asked for")
struct RecoveryLimitTests {
    @Test("a stranger's requests for codes take none of the owner's own step-ups (SR-45)")
    func stepUp() async throws {
        try await RecoveryWorld.run { world in
            for hour in 1...5 {
                _ = try await world.lose(by: "sms", from: "198.51.100.\(hour)")
                world.clock.advance(by: .seconds(3601))
            }
            let browser = world.world.browser()
            let wanted = [("acr_values", AuthenticationContext.passwordSMS.rawValue)]
            try await browser.open(try world.world.request(wanted))
            try await browser.signIn()
            try await browser.submit([])
            #expect(browser.step == "step-up-code")
        }
    }

    @Test(
        "is five forms an hour for what was typed, from one network; elsewhere its owner goes on (SR-45, SR-53)",
        arguments: Backend.available)
    func forms(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            for (link, fields) in [
                ("lost-password", [("identifier", "nobody")]),
                ("forgotten-identifier", [("email", "nobody@example.org")]),
                ("forgotten-identifier", [("mobile-number", "06 39 98 00 90")]),
            ] {
                let stranger = try await world.at(link, from: "198.51.100.1")
                for number in 1...6 {
                    try await stranger.submit(fields)
                    #expect(number <= 5 ? stranger.isRefused : stranger.answer?.code == 429)
                }
                #expect(stranger.shows("Trop de tentatives. Réessayez dans 60 minutes."))
                #expect(stranger.answer?.headers[.retryAfter] != nil)
                let owner = try await world.at(link)
                try await owner.submit(fields)
                #expect(owner.isRefused)
            }
            #expect(try await world.events().count { $0.kind == .triesUsedUp } == 1)
        }
    }

    @Test("is sixty forms an hour from one network, whatever is typed (security.md 4.2, 4.3)")
    func network() async throws {
        try await RecoveryWorld.run { world in
            let guesser = try await world.at("lost-password", from: "198.51.100.1")
            for number in 1...61 {
                try await guesser.submit([("identifier", "guess\(number)")])
                #expect(number <= 60 ? guesser.isRefused : guesser.answer?.code == 429)
                if number % 20 == 0 { try await guesser.open(guesser.screen) }
            }
            // Both pages count together.
            let other = try await world.remind("nobody@example.org", from: "198.51.100.1")
            #expect(other.answer?.code == 429)
            #expect(try await world.lose(from: "192.0.2.1").step == "reset-sent")
        }
    }

    @Test(
        "is a mail a minute, three an hour, five a day to one account; a stranger takes three of them (SR-53)",
        arguments: Backend.available)
    func mails(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            func ask(_ network: String) async throws -> Bool {
                let browser = try await world.lose(from: network)
                return browser.step == "reset-sent"
            }
            for _ in 1...3 {
                #expect(try await ask("198.51.100.1"))
                #expect(try await ask("198.51.100.2") == false, "a minute apart")
                world.clock.advance(by: .seconds(61))
            }
            #expect(try await ask("192.0.2.1") == false, "three an hour")
            world.clock.advance(by: .seconds(3600))
            #expect(try await ask("198.51.100.1") == false, "three a day of one network")
            for _ in 1...2 {
                #expect(try await ask("192.0.2.1"))
                world.clock.advance(by: .seconds(61))
            }
            #expect(try await ask("192.0.2.1") == false)
            #expect(try await world.test.mails().count == 5)
            // The newest link is the owner's to use all the same.
            let browser = world.world.browser()
            try await browser.open(try await world.link())
            #expect(browser.shows("MODIFICATION DU MOT DE PASSE"))
        }
    }

    @Test("is a reminder an hour to one address (security.md 4.10)")
    func reminders() async throws {
        try await RecoveryWorld.run { world in
            #expect(try await world.remind().step == "identifier-sent")
            let again = try await world.remind("VALERY.DURANT@example.org", from: "192.0.2.2")
            #expect(again.answer?.code == 429)
            #expect(again.shows("Trop de tentatives. Réessayez dans 60 minutes."))
            world.clock.advance(by: .seconds(3600))
            #expect(try await world.remind().step == "identifier-sent")
            #expect(try await world.test.mails().count == 2)
        }
    }

    @Test(
        "is as many SMS as of any code, with the way back to the one that was sent (SR-53)",
        arguments: Backend.available)
    func codes(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = try await world.lose(by: "sms")
            try await browser.follow("code-again")
            try await browser.submit([("identifier", "v.durant1"), ("channel", "sms")])
            #expect(browser.answer?.code == 429)
            #expect(browser.shows("Trop de tentatives. Réessayez dans 1 minute."))
            try await browser.follow("to-code")
            #expect(browser.step == "reset-code")
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.step == "reset-password")
            // A reminder is counted for itself.
            #expect(try await world.remindBySMS().step == "identifier-sent")
            #expect(try await world.remindBySMS().answer?.code == 429)
        }
    }

    @Test("takes nothing from the sign-in's own tries, nor from an enrolment's codes (SR-45)")
    func apart() async throws {
        try await EnrolmentWorld.run { world in
            let recovery = RecoveryWorld(world: world.world, upstream: world.upstream)
            for _ in 1...6 { _ = try await recovery.lose("p.loyez", by: "sms") }
            for _ in 1...6 { _ = try await recovery.remindBySMS(EnrolmentWorld.number) }
            #expect(try await world.atCode().step == "sms-code")
            for _ in 1...6 { _ = try await recovery.lose("v.durant1", by: "mail") }
            let browser = try await world.world.signedIn()
            #expect(browser.callback?["code"] != nil)
        }
    }
}
