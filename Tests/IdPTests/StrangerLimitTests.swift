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

/// What others do somewhere else must leave an owner what is the owner's (SR-45; security history
/// 2.39), and the sum of it must end all the same.
@Suite("Strangers")
struct StrangerLimitTests {
    private func browser(_ world: SignInWorld, at network: String) async throws -> TestBrowser {
        let browser = world.browser()
        browser.address = network
        try await browser.open(try world.request())
        return browser
    }

    /// The form of a page, posted from each network at once: the codes of the answers. A form that was
    /// looked at is answered with a redirect.
    private func post(
        _ fields: [(String, String)], of page: TestBrowser, from networks: [String]
    ) async throws -> [Int] {
        let form = try #require(TestForm.holding(fields.map(\.0), in: page.text))
        let browsers = networks.map { network in
            let browser = TestBrowser(page.door)
            browser.copyCookies(of: page)
            browser.address = network
            return browser
        }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for browser in browsers {
                group.addTask { try await browser.send(form.action, form.hidden + fields).code }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: - Enrolment

    @Test(
        "who try names beside a number take nothing from its owner's network (SR-45)",
        arguments: Backend.available)
    func forms(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let stranger = try await world.atIdentity(from: "198.51.100.1")
            for number in 1...6 {
                try await stranger.identify("Loyez", "Patrice", EnrolmentWorld.number)
                #expect(number <= 5 ? stranger.isRefused : stranger.answer?.code == 429)
            }
            let owner = try await world.atIdentity(from: "192.0.2.1")
            try await owner.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(owner.step == "sms-code")
        }
    }

    @Test(
        "who know names and number leave the owner two codes a day, who then learns when there are more (SR-45, SR-53)",
        arguments: Backend.available)
    func codes(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            func ask(_ network: String) async throws -> TestBrowser {
                let browser = try await world.atIdentity(from: network)
                try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
                world.test.clock.advance(by: .seconds(61))
                return browser
            }
            for _ in 1...3 { #expect(try await ask("198.51.100.1").step == "sms-code") }
            world.test.clock.advance(by: .seconds(3600))
            let stranger = try await ask("198.51.100.1")
            #expect(stranger.answer?.code == 429)
            for _ in 1...2 { #expect(try await ask("192.0.2.1").step == "sms-code") }
            let owner = try await ask("192.0.2.1")
            #expect(owner.answer?.code == 429)
            #expect(owner.words.contains("Trop de tentatives. Réessayez dans 23 heures."))
            #expect(owner.answer?.headers[.retryAfter] != nil)
            #expect(try await world.test.textMessages().count == 5)
            world.test.clock.advance(by: .seconds(86_400))
            #expect(try await ask("192.0.2.1").step == "sms-code")
        }
    }

    // MARK: - Passwords

    @Test(
        "have 25 tries of an account a day from one network; elsewhere a new browser signs in (SR-45)",
        arguments: Backend.available)
    func passwords(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let stranger = try await browser(world, at: "198.51.100.1")
            for _ in 1...25 {
                try await stranger.signIn("v.durant1", "Wrong2026")
                #expect(stranger.isRefused)
                world.test.clock.advance(by: .seconds(901))
                try await stranger.open(try world.request())
            }
            try await stranger.signIn()
            #expect(stranger.answer?.code == 429)
            #expect(stranger.words.contains("Trop de tentatives. Réessayez dans 18 heures."))
            let owner = try await browser(world, at: "192.0.2.1")
            try await owner.signIn()
            #expect(owner.callback?["code"] != nil)
        }
    }

    @Test(
        "have 100 tries of an account from all networks, in parallel too, then one in 15 minutes (SR-45; security history 2.38)",
        arguments: Backend.available)
    func allNetworks(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let page = try await browser(world, at: "192.0.2.1")
            let wrong = [("identifier", "v.durant1"), ("password", "Wrong2026")]
            var codes: [Int] = []
            for batch in 0..<16 {
                let networks = (0..<8).map { "198.51.100.\(batch * 8 + $0)" }
                codes += try await post(wrong, of: page, from: networks)
            }
            #expect(codes.count { [303, 422].contains($0) } == 100)
            #expect(codes.count { $0 == 429 } == 28)
            // A new browser waits a quarter of an hour, and no longer.
            try await page.signIn()
            #expect(page.answer?.code == 429)
            #expect(page.words.contains("Trop de tentatives. Réessayez dans 15 minutes."))
            world.test.clock.advance(by: .seconds(901))
            let late = try await post(wrong, of: page, from: ["203.0.113.1", "203.0.113.2"])
            #expect(late.count { $0 == 429 } == 1)
            world.test.clock.advance(by: .seconds(901))
            try await page.signIn()
            #expect(page.callback?["code"] != nil)
            // That browser is known from now on, and waits for nobody.
            let stranger = try await browser(world, at: "203.0.113.3")
            try await stranger.signIn("v.durant1", "Wrong2026")
            #expect(stranger.isRefused, "the right try has given its own back")
            try await stranger.signIn("v.durant1", "Wrong2026")
            #expect(stranger.answer?.code == 429)
            try await page.open(try world.request([("prompt", "login")]))
            try await page.signIn()
            #expect(page.callback?["code"] != nil)
        }
    }

    // MARK: - Birth dates

    private static let letterUsedUp =
        "Votre mot de passe provisoire n'est plus valable. Contactez le directeur d'école pour "
        + "qu'il vous transmette à nouveau un courrier de notification."

    @Test(
        "who found a letter guess twenty birth dates with it; a new letter is the way out (SR-45, SR-55)",
        arguments: Backend.available)
    func letter(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            for _ in 1...4 {
                let browser = try await world.atForm()
                for day in 1...5 {
                    try await browser.submit(world.fields([("birth-date", "0\(day)/01/2012")]))
                    #expect(browser.isRefused)
                }
                world.test.clock.advance(by: .seconds(86_401))
            }
            // The right one comes too late as well.
            let browser = try await world.atForm()
            try await browser.submit(world.fields())
            #expect(browser.answer?.code == 429)
            #expect(browser.shows(Self.letterUsedUp) && !browser.shows("Trop de tentatives"))
            #expect(try await world.auditKinds().count { $0 == "triesUsedUp" } == 1)
            #expect(try await world.row().state == .notifiedNotActivated)
            // The same password, handed out again in a new document (T3).
            world.test.clock.advance(by: .seconds(30 * 86_400))
            try await world.apply(.notified(ProvisionalPassword(hash: "unused", sealed: [2])))
            let owner = try await world.atForm()
            try await owner.submit(world.fields([("birth-date", "01/01/2012")]))
            #expect(owner.isRefused)
            try await owner.submit(world.fields())
            #expect(owner.step == "waiting")
        }
    }

    @Test(
        "guess no more of them in parallel, nor on the second of two screens (J-C-22; security history 2.38)",
        arguments: Backend.available)
    func lettersInParallel(_ backend: Backend) async throws {
        var policy = ActivationWorld.twoScreens()
        policy.enrolment.birthDatesADay = 1000
        try await ActivationWorld.run(backend, policy: policy) { world in
            let browser = try await world.atForm()
            try await browser.submit(world.fields().filter { $0.0 != "birth-date" })
            #expect(browser.step == "verification")
            let wrong = [("day", "17"), ("month", "5"), ("year", "2012")]
            let networks = Array(repeating: "192.0.2.1", count: 60)
            let codes = try await post(wrong, of: browser, from: networks)
            #expect(codes.count { [303, 422].contains($0) } == 20)
            #expect(codes.count { $0 == 429 } == 40)
            try await browser.submit([("day", "16"), ("month", "5"), ("year", "2012")])
            #expect(browser.answer?.code == 429 && browser.shows(Self.letterUsedUp))
        }
    }

    // MARK: - Mails

    /// One form of C-6: the code of its answer.
    private func mail(
        _ address: String, by identifier: String, _ world: ActivationWorld
    ) async throws -> Int {
        let browser = try await browser(world.signIn, at: "192.0.2.1")
        try await browser.signIn(identifier, ActivationWorld.chosen)
        return try await browser.submit([("email", address), ("email-confirmation", address)]).code
    }

    @Test(
        "who type an address into their own accounts take twenty mails of it a day, not its owner's five (SR-45, SR-53)",
        arguments: Backend.available)
    func mails(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let others = (1...4).map { "other\($0)" }
            for other in others {
                try await world.test.makeAccount(
                    other, .activating, password: ActivationWorld.chosen)
            }
            _ = try await world.waiting()
            func send(by identifier: String) async throws -> Int {
                try await mail(ActivationWorld.address, by: identifier, world)
            }
            for _ in 1...5 {
                #expect(try await send(by: "other1") == 200)
                #expect(try await send(by: "other1") == 429, "a minute apart")
                world.test.clock.advance(by: .seconds(1801))
            }
            #expect(try await send(by: "other1") == 429, "the sixth of this day")
            #expect(try await send(by: ActivationWorld.identifier) == 200)
            // An address gets no more than twenty of them all.
            var sent = 7
            for _ in 1...5 {
                for other in others.dropFirst() where try await send(by: other) == 200 { sent += 1 }
                world.test.clock.advance(by: .seconds(1801))
            }
            #expect(sent == 20)
            #expect(try await world.mails().count { $0.to.text == ActivationWorld.address } == 20)
            #expect(try await send(by: ActivationWorld.identifier) == 429)
            world.test.clock.advance(by: .seconds(86_400))
            #expect(try await send(by: ActivationWorld.identifier) == 200)
        }
    }
}
