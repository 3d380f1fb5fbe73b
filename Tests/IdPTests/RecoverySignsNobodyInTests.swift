import Flow
import FoundationEssentials
import Serving
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP
@testable import Web

@Suite("Nobody is signed in by self-help (SR-49; security history 2.24, 2.25)")
struct RecoverySignsNobodyInTests {
    static let steps: [StepID] = [
        .forgottenIdentifier, .identifierSent, .lostPassword, .resetSent, .resetCode,
        .resetPassword, .resetDone,
    ]

    @Test("at none of its screens, wherever it is gone on from there", arguments: steps)
    func screens(_ step: StepID) async throws {
        let row = StepRow.row(of: step)
        try await StepRoom.run(.sqlite, row.policy) { room in
            let browser = try await row.reach(room)
            let flow = browser.path.split(separator: "/").prefix(2).joined(separator: "/")
            let session = room.world.test.desk.cookies.session
            for path in ["/" + flow] + StepID.allCases.map({ "/\(flow)/\($0.rawValue)" }) {
                _ = try await browser.peek(path)
                #expect(browser.cookies[session] == nil, "\(path)")
            }
            let (id, now) = (room.world.parent.account.id, room.world.test.clock.now)
            #expect(
                try await room.world.test.store.read { try $0.sessions(of: id, at: now).isEmpty })
            // Another teleservice in this browser asks who is there.
            try await browser.open(try room.world.request([("prompt", "none")]))
            #expect(browser.callback?["error"] == "login_required")
        }
    }

    @Test(
        "what a code allowed ends where somebody signs in; what a sign-in showed, where it begins")
    func apart() async throws {
        try await RecoveryWorld.run { world in
            try await world.test.makeAccount("other", .active, password: "Other2026")
            let browser = try await world.atCodeProved()
            let page = browser.path
            // A step-up keeps the flow open after the password.
            try await browser.open(page.replacing("/reset-password", with: "/password"))
            try await browser.signIn("other", "Other2026")
            #expect(browser.callback?["code"] != nil)
            #expect(try await browser.open(page).code == 410)

            world.clock.advance(by: .seconds(61))
            let signedIn = try await world.world.signedIn()
            let session = world.test.desk.cookies.session
            let before = signedIn.cookies[session]
            try await signedIn.open(try world.world.request([("prompt", "login")]))
            try await signedIn.follow("lost-password")
            try await signedIn.submit([("identifier", "v.durant1"), ("channel", "sms")])
            try await signedIn.submit([("code", try await world.test.newestCode())])
            #expect(signedIn.step == "reset-password")
            try await signedIn.submit(RecoveryWorld.fields())
            #expect(signedIn.step == "reset-done", "though the session has ended with the password")
            #expect(signedIn.cookies[session] == before)
            try await signedIn.goBack()
            #expect(signedIn.step == "password")
        }
    }

    @Test("by construction: what is recovered is kept beside nobody, and nobody beside it")
    func construction() throws {
        let account = ProvedAccount(id: .init(at: TestDesk.start, random: [1]), epoch: 1)
        let recoveries: [Recovery] = [
            .identifierMailed("a@example.org"), .identifierTexted, .linkMailed(reference: "1"),
            .codeSent(.init(at: TestDesk.start, random: [2]), for: account),
            .codeProved(account, until: TestDesk.start), .passwordSet,
        ]
        let proof = Fact.proved(.password, at: TestDesk.start)
        let nobody = Interaction(
            id: .init(at: TestDesk.start, random: [3]), browser: Digest.sha256("browser"),
            purpose: .signIn(.page(PageRequest(.portal, validatedAt: TestDesk.start))),
            expiresAt: TestDesk.start)
        for recovery in recoveries {
            // Somebody signed in loses what they showed, before anything is recovered.
            var known = nobody
            (known.who, known.facts) = (.account(account), [proof])
            known.session = .init(at: TestDesk.start, random: [4])
            let begun = Transition(recovery: .set(recovery)).applied(to: known)
            #expect(begun.recovery == recovery)
            #expect(begun.who == .unknown && begun.facts.isEmpty && begun.session == nil)
            // Whoever signs in, or begins to, recovers nothing any more.
            for next in [
                Transition(facts: [proof], who: .account(account)),
                Transition(who: .candidates([])), Transition(restarts: true),
                Transition(facts: [proof], who: .account(account), recovery: .set(recovery)),
            ] { #expect(next.applied(to: begun).recovery == nil) }
            #expect(Transition().applied(to: begun).recovery == recovery)
        }
    }

    @Test("an address copied into another browser shows nothing of it (SR-56)")
    func copied() async throws {
        try await RecoveryWorld.run { world in
            for reach in [
                { try await world.remind() },
                {
                    world.clock.advance(by: .seconds(61))
                    return try await world.atCodeProved()
                },
            ] as [() async throws -> TestBrowser] {
                let mine = try await reach()
                let other = world.world.browser()
                #expect(try await other.open(mine.path).code == 403)
                // Nor with the browser's own cookie, without the flow's.
                let copy = world.world.browser()
                let name = world.test.desk.cookies.browser
                copy.plant(name, mine.cookies[name])
                try await copy.open(mine.path)
                #expect(copy.step == "password" && !copy.shows(RecoveryWorld.address))
            }
        }
    }
}
