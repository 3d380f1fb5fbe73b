import Federation
import Flow
import Foundation
import HTML
import Outgoing
import TestSupport
import Testing
import Web

@testable import IdP

@Suite("What the sign-in page says of a provider")
struct UpstreamNoticeTests {
    private func words(_ notice: Interaction.Notice, of provider: String?) -> String {
        let form = StepForm(action: "/", hidden: [])
        let page = SignInPage(
            form: form, teleservice: "LSU", provider: provider, upstreamForm: form,
            enrolment: "/", forgottenIdentifier: "/", lostPassword: "/", notice: notice)
        return String(decoding: page.content.render(), as: UTF8.self)
            .replacing("&#39;", with: "'").replacing(/<\/?a[^>]*>/, with: "")
    }

    @Test(
        "names it as the configuration does, and nobody where it could be one of several",
        arguments: [
            (
                .upstreamFailed, "La connexion avec $ n'a pas abouti. Veuillez réessayer.",
                "La connexion avec le service choisi n'a pas abouti. Veuillez réessayer."
            ),
            (
                .upstreamUnavailable,
                "$ n'est pas disponible pour le moment. Vous pouvez utiliser vos identifiants "
                    + "EduConnect ou réessayer plus tard.",
                "Le service choisi n'est pas disponible pour le moment. Vous pouvez utiliser vos "
                    + "identifiants EduConnect ou réessayer plus tard."
            ),
            (
                .upstreamTaken,
                "Cette identité $ est déjà liée à un autre compte. Contactez l'assistance.",
                "Cette identité est déjà liée à un autre compte. Contactez l'assistance."
            ),
            (
                .upstreamClosed,
                "Le compte lié à cette identité $ n'est plus utilisable. Contactez l'assistance.",
                "Le compte lié à cette identité n'est plus utilisable. Contactez l'assistance."
            ),
        ] as [(Interaction.Notice, String, String)])
    func names(_ notice: Interaction.Notice, _ named: String, _ unnamed: String) {
        for name in ["FranceConnect", "Mon académie"] {
            #expect(words(notice, of: name).contains(named.replacing("$", with: name)))
        }
        #expect(words(notice, of: nil).contains(unnamed))
    }

    @Test("is about the one that is configured, by its name")
    func configured() async throws {
        let stub = StubUpstream()
        let one = stub.upstream(id: "academie", name: "Mon académie")
        try await SignInWorld.run(upstreams: [one]) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let state = try await browser.startAtUpstream()
            try await browser.comeBack(
                state, [("error", "access_denied")], to: "/academie/retour")
            #expect(browser.words.contains("La connexion avec Mon académie n'a pas abouti."))
        }
        let other = stub.upstream()
        try await SignInWorld.run(upstreams: [one, other]) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            stub.failure = .unreachable(.timedOut)
            try await browser.startAtUpstream()
            #expect(browser.words.contains("Le service choisi n'est pas disponible"))
        }
    }
}
