import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The limits of wrong passwords")
struct PasswordLimitTests {
    private func page(
        _ world: SignInWorld, from address: String = "192.0.2.1"
    ) async throws
        -> TestBrowser
    {
        let browser = world.browser()
        browser.address = address
        try await browser.open(try world.request())
        return browser
    }

    @Test("hold across nodes, and after a restart (SR-45)", arguments: Backend.available)
    func nodes(_ backend: Backend) async throws {
        try await SignInWorld.runNodes(backend) { start in
            let (here, there) = (try start(), try start())
            for node in [here, there, here, there, here] {
                let browser = try await page(node)
                try await browser.signIn("v.durant1", "Wrong2026")
                #expect(browser.isRefused)
            }
            for node in [here, there] {
                let browser = try await page(node)
                try await browser.signIn()
                #expect(browser.answer?.code == 429)
            }
            await here.test.stop()
            await there.test.stop()
            let anew = try await page(try start())
            try await anew.signIn()
            #expect(anew.answer?.code == 429)
            here.test.clock.advance(by: .seconds(61))
            try await anew.signIn()
            #expect(anew.callback?["code"] != nil)
        }
    }

    @Test(
        "are not used up by right ones: neither an account's day nor a network's minute (SR-45)",
        arguments: Backend.available)
    func rightOnes(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            for _ in 0..<61 {
                let browser = try await page(world)
                try await browser.signIn()
                #expect(browser.callback?["code"] != nil)
            }
            // What strangers tried stays counted.
            for number in 0..<100 {
                let stranger = try await page(world, from: "198.51.100.\(number)")
                try await stranger.signIn("v.durant1", "Wrong2026")
                #expect(stranger.isRefused)
            }
            let last = try await page(world)
            try await last.signIn()
            #expect(last.answer?.code == 429)
        }
    }

    @Test("of a network count the wrong ones of all its accounts")
    func network() async throws {
        try await SignInWorld.run { world in
            for number in 0..<60 {
                let browser = try await page(world)
                try await browser.signIn("nobody\(number)", "Wrong2026")
                #expect(browser.isRefused)
            }
            let browser = try await page(world)
            try await browser.signIn()
            #expect(browser.answer?.code == 429)
        }
    }
}

@Suite("The audit of sign-ins")
struct SignInAuditTests {
    private func events(_ world: SignInWorld) async throws -> [AuditEvent] {
        try await world.test.store.read { try $0.auditEvents(of: nil, before: nil, limit: 99) }
            .sorted { $0.id < $1.id }
    }

    @Test(
        "names each sign-in, and each teleservice that a session opens, once (SR-63)",
        arguments: Backend.available)
    func answers(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.signedIn()
            world.test.clock.advance(by: .seconds(1))
            try await world.test.register("inscription")
            for _ in 1...2 {
                try await browser.open(try world.request(client: "inscription"))
                #expect(browser.callback?["code"] != nil)
                world.test.clock.advance(by: .seconds(1))
            }
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
            let found = try await events(world)
            #expect(found.map(\.kind) == [.signedIn, .singleSignOn, .signedIn])
            #expect(found.map(\.client) == ["lsu", "inscription", "lsu"])
            let account = world.parent.account.id
            #expect(found.allSatisfy { $0.account == account })
            #expect(found.allSatisfy { $0.network == "192.0.2.1" })
        }
    }

    @Test("names a right password of an account that is closed, or not activated")
    func refusedAccounts() async throws {
        try await SignInWorld.run { world in
            try await world.test.makeAccount("v.durant", .closed, password: SignInWorld.password)
            try await world.test.makeAccount("p.durant", .notNotified, password: "Parent2026")
            let browser = world.browser()
            try await browser.open(try world.request())
            for identifier in ["v.durant1", "v.durant", "p.durant"] {
                world.test.clock.advance(by: .seconds(1))
                try await browser.signIn(
                    identifier, identifier == "v.durant1" ? "Wrong2026" : SignInWorld.password)
            }
            let found = try await events(world)
            #expect(found.map(\.kind) == Array(repeating: .signInRefused, count: 3))
            #expect(found.map(\.detail) == ["wrong", "closed", "not activated"])
            #expect(found.allSatisfy { $0.account != nil })
        }
    }

    @Test("names a try that the limits refuse, of a password and of a client's secret")
    func limits() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            for _ in 0..<6 { try await browser.signIn("v.durant1", "Wrong2026") }
            #expect(browser.answer?.code == 429)
            for _ in 0..<21 {
                _ = try await world.door.post(
                    "/token", [("grant_type", "client_credentials")],
                    authorization: ProviderEndpoints.basic("lsu", secret: "wrong"))
            }
            let found = try await events(world).filter { $0.kind == .triesUsedUp }
            #expect(Set(found.map(\.detail)) == ["password", "client secret"])
            let account = world.parent.account.id
            #expect(found.first { $0.detail == "password" }?.account == account)
            // A flood of them is one note a minute.
            for _ in 0..<5 { try await browser.signIn("v.durant1", "Wrong2026") }
            #expect(browser.answer?.code == 429)
            let notes = try await events(world).filter { $0.detail == "password" }
            #expect(notes.count == 1)
        }
    }
}
