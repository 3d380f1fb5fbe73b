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

@Suite("An account that somebody prepared before its owner came (2.27)")
struct PreHijackingTests {
    @Test(
        "keeps nothing of the one who used the letter: password, address, link, flow (J-C-06, T10)",
        arguments: Backend.available)
    func letterOfAnother(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            _ = try await world.waiting(address: "thief@example.org")
            let link = try await world.link()
            let thief = world.signIn.browser()
            try await thief.open(try world.signIn.request())
            try await thief.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(thief.step == "address")
            // The owner comes by SMS, or by FranceConnect.
            try await world.apply(
                .selfEnrolled(passwordHash: try world.test.hash("xK4mPq8Zw2")))
            try await thief.submit([
                ("email", "thief@example.org"), ("email-confirmation", "thief@example.org"),
            ])
            #expect(thief.step == "password", "the flow is of a password that is no more")
            try await thief.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(thief.shows("Identifiant ou mot de passe incorrect."))
            try await thief.open(link)
            #expect(thief.answer?.code == 410)
            let row = try await world.row()
            #expect(row.email == nil && row.pendingEmail == nil)
            #expect(try await world.sessions() == 0)
        }
    }

    @Test("refuses a link whose page was open when the owner came (T9)")
    func openPage() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting(address: "thief@example.org")
            let thief = world.signIn.browser()
            try await thief.open(try await world.link())
            try await world.apply(.enrolledByFranceConnect)
            try await thief.submit([])
            #expect(thief.shows("Ce lien n'est plus valable."))
            #expect(try await world.row().email == nil)
        }
    }

    @Test("does not let the letter in again once the school has handed out another (T4, T14)")
    func replacedLetter() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting(address: "thief@example.org")
            let link = try await world.link()
            try await world.apply(
                .notifiedWithReset(
                    ProvisionalPassword(hash: try world.test.hash("HPLD83VX"), sealed: [2])))
            let thief = world.signIn.browser()
            try await thief.open(link)
            #expect(thief.answer?.code == 410)
            for password in [ActivationWorld.letter, ActivationWorld.chosen] {
                try await thief.open(try world.signIn.request())
                try await thief.signIn(ActivationWorld.identifier, password)
                #expect(thief.shows("Identifiant ou mot de passe incorrect."))
            }
        }
    }

    @Test("gives the browser that used the letter no name of its own before the mail is confirmed")
    func knownBrowser() async throws {
        try await ActivationWorld.run { world in
            let thief = try await world.waiting(address: "thief@example.org")
            try await thief.open(try world.signIn.request())
            try await thief.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
            #expect(thief.step == "address")
            try await world.apply(
                .selfEnrolled(passwordHash: try world.test.hash("xK4mPq8Zw2")))
            try await world.apply(.addressGiven("isabelle@example.org"))
            try await world.apply(.addressConfirmed("isabelle@example.org"))
            try await thief.open(try world.signIn.request())
            try await thief.signIn(ActivationWorld.identifier, "xK4mPq8Zw2")
            let told = try await world.mails().filter { $0.to.text == "isabelle@example.org" }
            #expect(
                told.map(\.subject).contains { $0.hasSuffix("nouvelle connexion à votre compte") })
        }
    }
}
