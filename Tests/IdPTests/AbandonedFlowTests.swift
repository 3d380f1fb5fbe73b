import Flow
import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Web

@testable import IdP

@Suite("A flow")
struct AbandonedFlowTests {
    @Test("is given up so often a minute from one network: each time costs a row (SR-66)")
    func givenUp() async throws {
        try await SignInWorld.run { world in
            func giveUp(from address: String = "192.0.2.1") async throws -> TestBrowser {
                let browser = world.browser()
                browser.address = address
                try await browser.open(try world.request())
                try await browser.follow("no-account")
                try await browser.submit([("action", "annuler")])
                return browser
            }
            for _ in 0..<30 {
                #expect(try await giveUp().callback?["error"] == "access_denied")
            }
            let refused = try await giveUp()
            #expect(refused.answer?.code == 429)
            #expect(refused.answer?.headers[.retryAfter] != nil)
            #expect(try await giveUp(from: "192.0.2.2").callback?["error"] == "access_denied")
        }
    }

    @Test("that is begun again before anything was typed is not written down (SR-66)")
    func begunAgain() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let id = try #require(Interaction.ID(address: browser.path.split(separator: "/")[1]))
            let form = try #require(TestForm(browser.text))
            try await browser.post(form.action, form.hidden + [("action", "recommencer")])
            #expect(browser.step == "password")
            #expect(try await world.test.store.read { try $0.interaction(id) } == nil)
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("leaves no cookie behind when it is given up (SR-57)")
    func cookieOfGivenUp() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.follow("no-account")
            try await browser.submit([("action", "annuler")])
            #expect(browser.callback?["error"] == "access_denied")
            #expect(browser.proofs == 0)
        }
    }

    @Test(
        "that nobody comes back to crowds out no other: a browser keeps the proofs of the newest (SR-57)"
    )
    func abandoned() async throws {
        let upstream = StubUpstream()
        try await SignInWorld.run(upstreams: [upstream.upstream()]) { world in
            let browser = world.browser()
            var state = ""
            for _ in 0..<40 {
                world.test.clock.advance(by: .seconds(1))
                try await browser.open(try world.request())
                state = try await browser.startAtUpstream()
            }
            #expect(browser.proofs <= 17)
            try await browser.comeBack(state)
            #expect(browser.step == "mobile-number", "the newest are kept")
            try await browser.open(try world.request())
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }
}

extension TestBrowser {
    /// How many flows this browser holds the proof of.
    fileprivate var proofs: Int { cookies.keys.count { $0.contains("-proof-") } }
}
