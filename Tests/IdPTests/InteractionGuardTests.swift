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

@Suite("An interaction's address")
struct InteractionGuardTests {
    @Test(
        "leads nowhere in another browser, even after the first has signed in (security history 2.7)"
    )
    func otherBrowser() async throws {
        try await SignInWorld.run { world in
            let mine = world.browser()
            try await mine.open(try world.request())
            let copied = mine.path
            let theirs = world.browser()
            #expect(try await theirs.open(copied).code == 403)
            theirs.plant("__Host-educonnect-browser", String(repeating: "A", count: 43))
            #expect(try await theirs.open(copied).code == 403)
            try await mine.signIn()
            #expect(try await theirs.open(copied).code == 403)
        }
    }

    @Test(
        "shows what is proved to the browser that proved it only, not to one that copied its old cookie (SR-56, SR-60)",
        arguments: Backend.available)
    func copiedBrowserCookie(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let mine = world.browser()
            try await mine.open(try world.request())
            let form = try #require(TestForm(mine.answer?.text ?? ""))
            let theirs = world.browser()
            theirs.copyCookies(of: mine)
            let right = [("identifier", "v.durant1"), ("password", SignInWorld.password)]
            let proved = try await mine.send(form.action, form.hidden + right)
            #expect(proved.code == 303)
            let next = String(
                try #require(proved.headers[.location]).dropFirst(TestDesk.issuer.count))
            #expect(try await theirs.open(next).text.contains("Mot de passe"))
            #expect(theirs.callback == nil)
            try await mine.open(next)
            #expect(mine.callback?["code"] != nil)
        }
    }

    @Test(
        "shows what a session brought to the browser that holds the session only (SR-56)",
        arguments: Backend.available)
    func sessionCookie(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let mine = try await world.signedIn()
            let theirs = world.browser()
            try await mine.open(try world.request([("prompt", "consent")]))
            #expect(mine.step == "consent")
            theirs.copyCookies(of: mine)
            theirs.plant("__Host-educonnect-session", nil)
            try await theirs.open(mine.path)
            #expect(theirs.step == "password")
            try await mine.submit([])
            #expect(mine.callback?["code"] != nil)
        }
    }

    @Test("can be proved again where the browser missed the answer: an impatient second click")
    func secondClick() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            let before = world.browser()
            before.copyCookies(of: browser)
            let right = [("identifier", "v.durant1"), ("password", SignInWorld.password)]
            #expect(try await browser.send(form.action, form.hidden + right).code == 303)
            // The first answer, with its cookie, is lost.
            try await before.post(form.action, form.hidden + right)
            #expect(before.callback?["code"] != nil)
        }
    }

    @Test(
        "asks for a step, but the state decides: consent is not shown before the password (SR-65)")
    func skippedStep() async throws {
        var policy = ClientPolicy()
        policy.consent = .required
        try await SignInWorld.run(client: policy) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let password = try #require(TestForm(browser.answer?.text ?? ""))
            let consent = browser.path.replacing("/password", with: "/consent")
            #expect(try await browser.open(consent).text.contains("Mot de passe"))
            // Neither by sending its form.
            try await browser.post(
                password.action.replacing("/password", with: "/consent"), password.hidden)
            #expect(browser.callback == nil)
            #expect(browser.answer?.text.contains("Mot de passe") == true)
        }
    }

    @Test(
        "without a step that exists is not found",
        arguments: ["/authorize/x", "/authorize/x/password"])
    func unknown(_ path: String) async throws {
        try await SignInWorld.run { world in
            let answer = try await world.browser().open(path)
            #expect(answer.code == 404)
        }
    }

    @Test("serves once: after the answer it is gone, in its sealed form too")
    func once() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let (page, form) = (browser.path, try #require(TestForm(browser.answer?.text ?? "")))
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
            #expect(try await browser.open(page).code == 410)
            let again = [("identifier", "v.durant1"), ("password", SignInWorld.password)]
            #expect(try await browser.post(form.action, form.hidden + again).code == 410)
        }
    }

    @Test("is gone two hours after its last step")
    func expires() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            world.test.clock.advance(by: .seconds(7201))
            try await browser.signIn()
            #expect(browser.answer?.code == 410)
        }
    }

    @Test("with a changed seal is nothing")
    func changedSeal() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let changed = browser.path.replacing("r=", with: "r=A")
            #expect(try await browser.open(changed).code == 403)
        }
    }
}

@Suite("A form of the sign-in")
struct FormGuardTests {
    private static let right = [("identifier", "v.durant1"), ("password", SignInWorld.password)]

    @Test("is refused without its token, or with another interaction's (SR-60)")
    func csrf() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let other = try #require(TestForm(browser.answer?.text ?? ""))
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            for hidden in [[], [("csrf", "")], other.hidden] {
                #expect(try await browser.post(form.action, hidden + Self.right).code == 403)
            }
        }
    }

    @Test("is refused from another site, whatever its token says (SR-60)")
    func crossSite() async throws {
        try await SignInWorld.run { world in
            let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
            for headers: HTTPFields in [
                [.origin: "https://evil.example.org"], [site: "cross-site"], [site: "same-site"],
                [.origin: "null", site: "cross-site"],
            ] {
                let browser = world.browser()
                try await browser.open(try world.request())
                #expect(try await browser.submit(Self.right, headers: headers).code == 403)
            }
        }
    }

    /// Chromium and Firefox send this with every form of a page under `no-referrer`: no parent could
    /// sign in while it was refused.
    @Test("is taken with the null origin that our referrer policy makes browsers send")
    func nullOrigin() async throws {
        try await SignInWorld.run { world in
            let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.submit(Self.right, headers: [.origin: "null", site: "same-origin"])
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("is refused when a field comes twice (SR-06)")
    func repeated() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let answer = try await browser.submit(Self.right + [("identifier", "v.durant")])
            #expect(answer.code == 400)
        }
    }

    @Test(
        "counts a try before it looks at the password: of many at once only five are looked at (security history 2.38)",
        arguments: Backend.available)
    func manyAtOnce(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            let wrong = [("identifier", "v.durant1"), ("password", "Wrong2026")]
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    let tab = TestBrowser(world.door)
                    tab.copyCookies(of: browser)
                    let fields = form.hidden + wrong
                    group.addTask { [action = form.action] in
                        try await tab.send(action, fields).code
                    }
                }
                var codes: [Int] = []
                for try await code in group { codes.append(code) }
                return codes
            }
            #expect(codes.count { [303, 422].contains($0) } == 5)
            #expect(codes.filter { $0 == 429 }.count == 3)
        }
    }

    @Test("refused for its many tries, or worth nothing, takes no place from anybody (SR-66, 2.43)")
    func worthless() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            for _ in 0..<5 {
                try await browser.submit([("identifier", "v.durant1"), ("password", "Wrong2026")])
            }
            var taken: [WorkerPool.Place] = []
            while let place = try? world.test.desk.passwordPool.place() { taken.append(place) }
            #expect(try await browser.post(form.action, form.hidden + Self.right).code == 429)
            let code = "ecm_" + String(repeating: "A", count: 64)
            #expect(
                try await browser.send("/mot-de-passe/nouveau", [("code", code)]).code != 503)
            taken.removeAll()
        }
    }

    @Test(
        "is answered 503 with Retry-After when no place is left for its hash, and counts nothing (SR-66)"
    )
    func noPlace() async throws {
        try await SignInWorld.run { world in
            var taken: [WorkerPool.Place] = []
            while let place = try? world.test.desk.passwordPool.place() { taken.append(place) }
            let browser = world.browser()
            try await browser.open(try world.request())
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            for _ in 0..<6 {
                let answer = try await browser.post(form.action, form.hidden + Self.right)
                #expect(answer.code == 503)
                #expect(answer.headers[.retryAfter] == "5")
            }
            taken.removeAll()
            try await browser.post(form.action, form.hidden + Self.right)
            #expect(browser.callback?["code"] != nil)
        }
    }
}
