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

@Suite("No step of a flow is skipped or taken twice (J-G-18, SR-65; security history 2.24)")
struct StepOrderTests {
    /// What a post that knows every field would send.
    private func everything(_ room: StepRoom) -> [(String, String)] {
        let fields = [
            ("identifier", "v.durant1"), ("provider", "franceconnect"), ("last-name", "Loyez"),
            ("first-name", "Patrick"), ("mobile-number", EnrolmentWorld.number),
            ("code", "000000"), ("password", SignInWorld.password),
            ("confirmation", SignInWorld.password), ("email", "attacker@example.org"),
            ("email-confirmation", "attacker@example.org"),
            ("new-password", ActivationWorld.chosen),
            ("new-password-confirmation", ActivationWorld.chosen), ("birth-date", "16/05/2012"),
            ("day", "16"), ("month", "5"), ("year", "2012"),
        ]
        return fields + room.enrolment.dates
    }

    /// The token alone: one form of a page may hold more.
    private func csrf(_ hidden: [(String, String)]) -> [(String, String)] {
        hidden.filter { $0.0 == CSRF.field }
    }

    private func address(_ browser: TestBrowser, _ step: StepID) -> String {
        let parts = browser.path.split(separator: "?", maxSplits: 1)
        let flow = parts[0].split(separator: "/").prefix(2).joined(separator: "/")
        return "/\(flow)/\(step.rawValue)" + (parts.count > 1 ? "?" + parts[1] : "")
    }

    @Test(
        "posted or opened out of turn, from wherever the person is: nothing happens",
        arguments: StepID.allCases)
    func pairs(_ here: StepID) async throws {
        let row = StepRow.row(of: here)
        try await StepRoom.run(.sqlite, row.policy) { room in
            let browser = try await row.reach(room)
            #expect(browser.step == here.rawValue, "the row leads to its step")
            let hidden = try #require(TestForm(browser.answer?.text ?? "")).hidden
            let (flow, before) = (address(browser, here), try await room.remembered())
            for step in StepID.allCases where !row.offered.contains(step) {
                let posted = try await browser.send(
                    address(browser, step), csrf(hidden) + everything(room))
                #expect(posted.code == 303, "\(step)")
                #expect(
                    posted.headers[.location]?.contains("/\(step.rawValue)") == false, "\(step)")
                let opened = try await browser.peek(address(browser, step))
                #expect(opened.code == 303, "\(step)")
                #expect(try await room.remembered() == before, "\(step)")
            }
            // Still there, and each step that is offered opens.
            for step in row.offered {
                #expect(try await browser.peek(address(browser, step)).code == 200, "\(step)")
            }
            #expect(flow.contains(here.rawValue))
            #expect(browser.callback == nil)
        }
    }

    @Test(
        "posted empty: the same step again",
        arguments: StepID.allCases.filter { !StepRow.row(of: $0).isButton })
    func empty(_ step: StepID) async throws {
        let row = StepRow.row(of: step)
        try await StepRoom.run(.sqlite, row.policy) { room in
            let browser = try await row.reach(room)
            let before = try await room.remembered()
            let (path, hidden) = (
                browser.path, try #require(TestForm(browser.answer?.text ?? "")).hidden
            )
            let answer = try await browser.send(path, csrf(hidden))
            #expect(answer.code == 303)
            #expect(try await room.remembered() == before)
            try await browser.open(path)
            #expect(browser.step == step.rawValue)
            #expect(browser.callback == nil)
        }
    }

    @Test(
        "posted again after it was taken: nothing more happens",
        arguments: StepID.allCases.filter {
            $0 != .upstream && $0 != .waiting && $0 != .withoutPhone
        })
    func replays(_ step: StepID) async throws {
        let row = StepRow.row(of: step)
        try await StepRoom.run(.sqlite, row.policy) { room in
            let browser = try await row.reach(room)
            let fields = try await row.fields(room)
            let (path, hidden) = (
                browser.path,
                try #require(TestForm.holding(fields.map(\.0), in: browser.answer?.text ?? ""))
                    .hidden
            )
            try await browser.post(path, hidden + fields)
            #expect(browser.step != step.rawValue || browser.callback != nil, "it is taken")
            let after = try await room.remembered()
            let again = try await browser.send(path, hidden + fields)
            #expect([303, 410, 429].contains(again.code), "\(again.code)")
            #expect(try await room.remembered() == after)
        }
    }

    @Test(
        "posted by two tabs at once is taken once", arguments: StepID.allCases, Backend.available)
    func parallel(_ step: StepID, _ backend: Backend) async throws {
        let row = StepRow.row(of: step)
        try await StepRoom.run(backend, row.policy) { room in
            let browser = try await row.reach(room)
            let fields = try await row.fields(room)
            let before = try await room.world.test.store.read { try $0.outbox(limit: 99).count }
            _ = try await browser.submitAtOnce(2, fields)
            let lines = try await room.remembered()
            let messages = try await room.world.test.store.read { try $0.outbox(limit: 99).count }
            #expect(messages - before <= 1, "one message at most")
            for line in lines where !line.hasPrefix("messages") {
                let revision = Int(line.split(separator: " ").last ?? "0") ?? 0
                #expect(revision <= 4, "each account changed once: \(line)")
            }
        }
    }

    @Test("of two journeys that run side by side in one browser, each goes its own way (J §3.0)")
    func interleaved() async throws {
        try await StepRoom.run { room in
            let (sms, letter) = (try await room.atSignIn(), try await room.atSignIn())
            /// Both tabs are one browser: whatever one is given, the other holds.
            func turn(_ tab: TestBrowser, _ act: (TestBrowser) async throws -> Void) async throws {
                tab.share(with: tab === sms ? letter : sms)
                try await act(tab)
            }
            letter.copyCookies(of: sms)
            try await turn(letter) { try await $0.open(try room.world.request()) }
            try await turn(sms) { try await $0.follow("no-account") }
            try await turn(letter) {
                try await $0.signIn(ActivationWorld.identifier, ActivationWorld.letter)
            }
            try await turn(sms) { try await $0.identify("Loyez", "Patrick", EnrolmentWorld.number) }
            try await turn(letter) { try await $0.submit([]) }
            let code = try await room.enrolment.test.newestCode()
            try await turn(sms) { try await $0.submit([("code", code)]) }
            try await turn(letter) { try await $0.submit(room.activation.fields()) }
            #expect(letter.step == "waiting")
            try await turn(sms) { try await $0.submit(room.enrolment.dates) }
            try await turn(sms) { try await $0.choose(EnrolmentWorld.password) }
            #expect(sms.callback?["code"] != nil)
            #expect(try await room.enrolment.account()?.state == .active)
            #expect(try await room.activation.row().state == .activating)
        }
    }

    @Test("begun in one browser can't be gone on with in another (security history 2.25)")
    func otherBrowser() async throws {
        try await StepRoom.run { room in
            let mine = try await room.enrolment.atCode()
            let code = try await room.enrolment.test.newestCode()
            let other = try await room.atSignIn()
            let answer = try await other.open(mine.path)
            #expect(answer.code == 403)
            // Nor with the first one's browser cookie alone: what was typed there is held by another.
            let copy = room.world.browser()
            let name = room.world.test.desk.cookies.browser
            copy.plant(name, mine.cookies[name])
            try await copy.open(mine.path)
            #expect(copy.step == "password")
            try await mine.submit([("code", code)])
            #expect(mine.step == "children")
        }
    }
}
