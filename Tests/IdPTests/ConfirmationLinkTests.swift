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

@Suite("The link of the activation mail")
struct ConfirmationLinkTests {
    private static let void =
        "Ce lien n'est plus valable. Connectez-vous pour recevoir un nouveau mail de confirmation."

    @Test(
        "opened changes nothing; its form activates the account, in any browser (J-C-30, J-C-33, J-C-36, J-O-06, SR-52)",
        arguments: Backend.available)
    func elsewhere(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            _ = try await world.waiting()
            let link = try await world.link()
            let telephone = world.signIn.browser()
            for _ in 0..<3 {
                try await telephone.open(link)
                #expect(telephone.shows("CONFIRMATION DE VOTRE ADRESSE MAIL"))
                #expect(telephone.shows("Validez pour activer votre compte."))
                #expect(telephone.shows("VALIDER"))
                #expect(telephone.answer?.text.contains("<script") == false)
            }
            #expect(try await world.row().state == .activating)
            try await telephone.submit([])
            #expect(telephone.path == "/confirmation", "no code in the address")
            #expect(telephone.shows("<h1>Compte activé !</h1>"))
            #expect(
                telephone.shows(
                    "Votre compte a bien été activé. Vous pouvez maintenant accéder à vos services en ligne."
                ))
            let row = try await world.row()
            #expect(row.state == .active && row.origin == .school)
            #expect(row.email == ActivationWorld.address && row.pendingEmail == nil)
            #expect(try await world.sessions() == 0, "nobody is signed in by a link")
            // Not the browser of the request: on by the teleservice's own address.
            #expect(
                telephone.answer?.text.contains("href=\"https://teleservice.example.org/\"")
                    == true)
            #expect(try await world.auditKinds().contains("activated"))
        }
    }

    @Test(
        "in the browser that asked posts itself, and « Se connecter » goes on with the request (J-C-37)"
    )
    func here() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.waiting()
            try await browser.open(try await world.link())
            #expect(browser.answer?.text.contains("/static/submit-") == true)
            #expect(browser.answer?.text.contains("id=\"form-post\"") == true)
            try await browser.submit([])
            let target = try #require(
                browser.answer?.text.firstMatch(of: /href="(\/authorize\/[^"]*)"/)?.output.1)
            try await browser.open(String(target))
            #expect(browser.step == "password")
            try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(browser.callback?["state"] == "state of the client")
            let claims = try await world.signIn.idToken(browser)
            #expect(claims.member("amr") == ["pwd"])
            // Its first sign-in is no news: there is M-1 alone.
            #expect(try await world.mails().count == 1)
        }
    }

    @Test("serves once; then says that the account is active (J-C-32, J-F-06)")
    func once() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let (link, browser) = (try await world.link(), world.signIn.browser())
            try await browser.open(link)
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            try await browser.submit([])
            try await browser.post(form.action, form.hidden)
            #expect(browser.shows("Votre compte est déjà activé."))
            try await browser.open(link)
            #expect(browser.shows("Votre compte est déjà activé."))
            #expect(browser.shows("Se connecter"))
        }
    }

    @Test("posted fifty times at once activates once (SR-51)", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            _ = try await world.waiting()
            let browser = world.signIn.browser()
            try await browser.open(try await world.link())
            let texts = try await browser.submitAtOnce(50, [])
            #expect(texts.count { $0.contains("Compte activé") } == 1)
            #expect(texts.count { $0.contains("déjà activé") } == 49)
            #expect(
                try await world.auditKinds().count { $0 == "activated" } == 1)
        }
    }

    @Test("unknown, unreadable or of another kind is no longer good (SR-51)")
    func unknown() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let other = world.test.desk.makeToken(.mailToken, at: world.test.clock.now)
            let code = try await world.link().split(separator: "=")[1]
            for code in [
                "", "x", other.text, String(code.dropLast()) + "A", "ecs_" + code.dropFirst(4),
            ] {
                let browser = world.signIn.browser()
                try await browser.open("/confirmation?code=\(code)")
                #expect(browser.answer?.code == 410)
                #expect(browser.shows(Self.void), "\(code)")
            }
            #expect(try await world.signIn.browser().open("/confirmation").code == 410)
            #expect(
                try await world.signIn.browser().open("/confirmation?code=a&code=b").code == 400)
        }
    }

    @Test(
        "is good for seven days, a day in the modern profile (journeys §8.2 no. 4)",
        arguments: [(Policy.Profile.educonnect, Int64(7)), (.modern, 1)])
    func expiry(_ profile: Policy.Profile, _ days: Int64) async throws {
        try await ActivationWorld.run(policy: Policy(profile: profile)) { world in
            let waiting = try await world.waiting()
            let (link, browser) = (try await world.link(), world.signIn.browser())
            world.test.clock.advance(by: .seconds(days * 86_400 - 1))
            try await browser.open(link)
            #expect(browser.shows("Validez pour activer votre compte."))
            try await waiting.open(waiting.path)
            #expect(waiting.step == "waiting", "C-4 waits as long")
            world.test.clock.advance(by: .seconds(1))
            try await browser.submit([])
            #expect(browser.shows(Self.void))
            #expect(try await world.row().state == .activating)
        }
    }

    @Test("is taken only from its own page, in its own browser (SR-60)")
    func forged() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let (mine, other) = (world.signIn.browser(), world.signIn.browser())
            try await mine.open(try await world.link())
            let form = try #require(TestForm(mine.answer?.text ?? ""))
            try await other.open(try await world.link())
            #expect(try await other.send(form.action, form.hidden).code == 403)
            let bare = form.hidden.filter { $0.0 != "csrf" }
            #expect(try await mine.send(form.action, bare).code == 403)
            try await mine.submit(
                [], headers: [try #require(HTTPField.Name("Sec-Fetch-Site")): "cross-site"])
            #expect(mine.answer?.code == 403)
            #expect(try await world.row().state == .activating)
        }
    }

    @Test("names the issuer's host, whatever host the request named (2.33, D18)")
    func poisoning() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            var headers: HTTPFields = [:]
            for name in ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Host", "Host"] {
                headers[try #require(HTTPField.Name(name))] = "evil.example.net"
            }
            try await browser.submit(world.fields(), headers: headers)
            let mail = try #require(try await world.mails().first)
            #expect(!mail.text.contains("evil") && !mail.html.contains("evil"))
            #expect(mail.text.contains(TestDesk.issuer + "/confirmation?code=ecm_"))
        }
    }
}
