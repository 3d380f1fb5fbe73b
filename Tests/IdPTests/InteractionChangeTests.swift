import Flow
import FoundationEssentials
import HTTPTypes
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("While a parent signs in")
struct InteractionChangeTests {
    private static let cookie = "__Host-educonnect-session"

    /// Types the right password, and gives where the answer leads, without going there.
    private func prove(_ browser: TestBrowser) async throws -> String {
        let form = try #require(TestForm(browser.answer?.text ?? ""))
        let answer = try await browser.send(
            form.action,
            form.hidden + [("identifier", "v.durant1"), ("password", SignInWorld.password)])
        #expect(answer.code == 303)
        let location = try #require(answer.headers[.location])
        return String(location.dropFirst(TestDesk.issuer.count))
    }

    @Test(
        "a password changed after it was typed voids the proof (security history 2.18)",
        arguments: Backend.available)
    func changedPassword(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let next = try await prove(browser)
            try await world.test.setPassword("Another2026", of: world.parent)
            let page = try await browser.open(next)
            #expect(page.code == 200 && page.text.contains("Mot de passe"))
            #expect(browser.callback == nil && browser.cookies[Self.cookie] == nil)
            let now = world.test.clock.now
            let account = world.parent.account.id
            #expect(
                try await world.test.store.read { try $0.sessions(of: account, at: now) }.isEmpty)
            try await browser.signIn()
            #expect(browser.isRefused, "the old one is wrong now")
            try await browser.signIn("v.durant1", "Another2026")
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test(
        "a password changed while the session's owner is asked to agree voids the session's proof")
    func changedBeforeConsent() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            try await browser.open(try world.request([("prompt", "consent")]))
            #expect(browser.answer?.text.contains("Autoriser") == true)
            try await world.test.setPassword("Another2026", of: world.parent)
            try await browser.submit([])
            #expect(browser.callback == nil)
            #expect(browser.answer?.text.contains("Mot de passe") == true)
        }
    }

    @Test(
        "a teleservice that another node removes gets nothing, and the parent a page",
        arguments: Backend.available)
    func removedClient(_ backend: Backend) async throws {
        try await SignInWorld.runNodes(backend) { start in
            let (here, there) = (try start(), try start())
            let browser = here.browser()
            try await browser.open(try here.request())
            let now = there.test.clock.now
            try await there.test.store.write { _ = try $0.removeClient("lsu", at: now) }
            try await browser.signIn()
            #expect(browser.answer?.code == 410)
            #expect(browser.callback == nil && browser.cookies[Self.cookie] == nil)
            let later = here.browser()
            #expect(
                try await later.open(try here.request()).code == 400, "it is forgotten here too")
        }
    }

    @Test(
        "a teleservice that another node changes is answered all the same",
        arguments: Backend.available)
    func changedClient(_ backend: Backend) async throws {
        try await SignInWorld.runNodes(backend) { start in
            let (here, there) = (try start(), try start())
            let browser = here.browser()
            try await browser.open(try here.request())
            let now = there.test.clock.now
            try await there.test.store.write { writer in
                guard let client = try writer.client("lsu") else { return }
                try writer.update(client, at: now)
            }
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("a teleservice that was given the same id in the meantime does not get the answer")
    func replacedClient() async throws {
        try await SignInWorld.runNodes(.sqlite) { start in
            let (here, there) = (try start(), try start())
            let browser = here.browser()
            try await browser.open(try here.request())
            there.test.clock.advance(by: .seconds(1))
            let now = there.test.clock.now
            try await there.test.store.write { _ = try $0.removeClient("lsu", at: now) }
            try await there.test.register("lsu")
            try await browser.signIn()
            #expect(browser.answer?.code == 410)
            #expect(browser.callback == nil)
        }
    }

    @Test("a redirect URI that another node has just registered is known at once")
    func newRedirectURI() async throws {
        try await SignInWorld.runNodes(.sqlite) { start in
            let (here, there) = (try start(), try start())
            try await here.browser().open(try here.request())
            there.test.clock.advance(by: .seconds(1))
            let (now, uri) = (there.test.clock.now, "https://teleservice.example.org/new")
            try await there.test.store.write { _ = try $0.removeClient("lsu", at: now) }
            try await there.test.register("lsu") { $0.redirectURIs = [try RedirectURI(uri)] }
            let browser = here.browser()
            #expect(try await browser.open(try here.request([("redirect_uri", uri)])).code == 200)
            #expect(try await browser.open(try here.request()).code == 400, "the old one is gone")
        }
    }

    @Test("the page of a refused password can be loaded again")
    func reload() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            for isLooked in [true, true, true, true, true, false] {
                try await browser.signIn("v.durant1", "Wrong2026")
                #expect(isLooked ? browser.isRefused : browser.answer?.code == 429)
                let again = try await browser.open(browser.path)
                #expect(again.code == 200 && again.text.contains("Mot de passe"))
            }
            world.test.clock.advance(by: .seconds(61))
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil, "and serves again")
        }
    }

    @Test("a form that hashes nothing needs no place among the passwords (SR-66)")
    func noHash() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            try await browser.open(try world.request([("prompt", "consent")]))
            var taken: [WorkerPool.Place] = []
            while let place = try? world.test.desk.passwordPool.place() { taken.append(place) }
            try await browser.submit([])
            #expect(browser.callback?["code"] != nil)
            taken.removeAll()
        }
    }
}
