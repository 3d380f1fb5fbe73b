import FoundationEssentials
import Flow
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A form that can't be taken")
struct RefusedFormTests {
    private static let wrong = "Wrong2026"

    @Test(
        "is answered with a redirect to its screen, which the way back shows again (J §3.0 no. 6)",
        arguments: Backend.available)
    func redirects(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.text))
            let fields = [("identifier", "V.Durant1"), ("password", Self.wrong)]
            #expect(try await browser.send(form.action, form.hidden + fields).code == 303)
            try await browser.post(form.action, form.hidden + fields)
            #expect(browser.isRefused)
            let (address, page) = (browser.path, browser.text)
            try await browser.open(address)
            #expect(browser.isRefused && browser.text == page, "loaded again")
            #expect(browser.text.contains("value=\"V.Durant1\"") && !page.contains(Self.wrong))
            try await browser.follow("no-account")
            try await browser.open(address)
            #expect(browser.isRefused, "and after another screen")
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("says so no more at the screen's own address, nor once another form was taken")
    func ends() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atIdentity()
            try await browser.identify("Loyez", "", EnrolmentWorld.number)
            #expect(browser.isRefused && browser.words.contains("Champ obligatoire"))
            let refused = browser.path
            let fresh = try await browser.peek(browser.screen)
            #expect(fresh.code == 200 && !fresh.text.contains("<title>Erreur"))
            try await browser.open(refused)
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.step == "sms-code")
            try await browser.open(refused)
            #expect(browser.step == "identity" && !browser.isRefused)
        }
    }

    @Test("shows what was typed to the browser alone that typed it (SR-56)")
    func isHeld() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atIdentity()
            let earlier = world.world.browser()
            earlier.copyCookies(of: browser)
            try await browser.identify("Loyez", "", EnrolmentWorld.number)
            #expect(browser.text.contains("value=\"Loyez\""))
            let seen = try await earlier.open(browser.path)
            #expect(seen.code == 200 && !seen.text.contains("Loyez"))
        }
    }

    @Test("is kept for a quarter of an hour: then the screen is as it was (SR-56)")
    func expires() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn("v.durant1", Self.wrong)
            world.test.clock.advance(by: .seconds(899))
            try await browser.open(browser.path)
            #expect(browser.isRefused)
            world.test.clock.advance(by: .seconds(1))
            #expect(try await browser.open(browser.path).code == 200)
            #expect(!browser.isRefused && !browser.text.contains("v.durant1"))
        }
    }

    @Test("is answered in place, and wipes nothing, in a browser that lost its proof of the flow")
    func withoutProof() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atIdentity()
            let other = world.world.browser()
            other.copyCookies(of: browser)
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.step == "sms-code")
            try await other.open(browser.path)
            #expect(other.step == "password")
            #expect(try await other.signIn("v.durant1", Self.wrong).code == 422)
            #expect(other.words.contains("Identifiant ou mot de passe incorrect."))
            let form = try #require(TestForm(other.text))
            try await other.post(form.action, form.hidden + [("action", "recommencer")])
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.step == "children")
        }
    }

    @Test("is kept thirty times a minute in one flow: later ones are answered in place (SR-66)")
    func flood() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            for number in 1...31 {
                let answer = try await browser.submit([("code", "")])
                #expect(browser.isRefused && answer.code == (number <= 30 ? 200 : 422))
            }
            world.test.clock.advance(by: .seconds(61))
            #expect(try await browser.submit([("code", "")]).code == 200)
        }
    }

    @Test("is answered in place where its screen is too long to be kept")
    func tooLong() async throws {
        try await EnrolmentWorld.run { world in
            let browser = world.world.browser()
            let long = [
                ("state", String(repeating: "x", count: 2000)),
                ("nonce", String(repeating: "x", count: 250)),
            ]
            try await browser.open(try world.world.request(long))
            #expect(try await browser.signIn("v.durant1", "").code == 422)
            #expect(browser.words.contains("Champ obligatoire"))
            try await browser.follow("no-account")
            #expect(browser.step == "identity")
        }
    }

    @Test("is told on its own screen to each of several posts at once")
    func twice() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atIdentity()
            let form = try #require(TestForm.holding(["last-name"], in: browser.text))
            let fields =
                form.hidden + [("last-name", "Loyez"), ("mobile-number", "06 39 98 00 10")]
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<4 {
                    let tab = world.world.browser()
                    tab.copyCookies(of: browser)
                    group.addTask { try await tab.send(form.action, fields) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for answer in answers {
                let location = answer.headers[.location] ?? ""
                let isInPlace = answer.code == 422 && answer.text.contains("<title>Erreur – ")
                #expect(isInPlace || location.hasSuffix("/identity?erreur=1"))
            }
            // The one that keeps it gives its browser the proof; the others show it without.
            #expect(answers.count { $0.code == 303 } == 1)
        }
    }

    @Test(
        "as a flow's first costs a row, of which one network gets so many a minute: later ones are answered in place (SR-66)"
    )
    func rows() async throws {
        try await SignInWorld.run { world in
            for number in 0...60 {
                let browser = world.browser()
                try await browser.open(try world.request())
                let id = try #require(
                    Interaction.ID(address: browser.path.split(separator: "/")[1]))
                let answer = try await browser.submit([("identifier", ""), ("password", "")])
                #expect(answer.code == (number < 60 ? 200 : 422))
                #expect(browser.words.contains("Champ obligatoire"))
                let row = try await world.test.store.read { try $0.interaction(id) }
                #expect((row == nil) == (number == 60))
                try await browser.signIn()
                #expect(browser.callback?["code"] != nil, "nothing is lost")
            }
        }
    }

    @Test("of two at once is noted twice, whichever is shown (SR-63)", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.text))
            let fields = form.hidden + [("identifier", "v.durant1"), ("password", Self.wrong)]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    let tab = world.browser()
                    tab.copyCookies(of: browser)
                    group.addTask { try await tab.send(form.action, fields).code }
                }
                for try await code in group { #expect([303, 422].contains(code)) }
            }
            let notes = try await world.test.store.read {
                try $0.auditEvents(of: nil, before: nil, limit: 99)
            }
            .filter { $0.kind == .signInRefused }
            #expect(notes.count == 4)
        }
    }
}
