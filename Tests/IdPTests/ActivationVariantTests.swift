import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The activation form, in two screens and for a password that must be replaced")
struct ActivationVariantTests {
    @Test(
        "asks in two screens where the installation says so (J-C-22, J-F-03)",
        arguments: Backend.available)
    func twoScreens(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend, policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            for words in [
                "<h1>PREMIÈRE CONNEXION</h1>", "Prénom :", "Nom :", "Identifiant :", "Isabelle",
                "DESOIL", "i.desoil", "Je renseigne les informations liées à mon compte",
                "nouveau mot de passe**", "confirmation du nouveau mot de passe",
                "adresse mail***", "confirmation de l'adresse mail", "SUIVANT", "ANNULER",
                "** 8 caractères minimum, 14 caractères maximum, chiffres ET lettres obligatoires",
                "*** Cette adresse de messagerie est indispensable :",
            ] { #expect(browser.shows(words), "\(words)") }
            #expect(!browser.shows("Date de naissance"))
            try await browser.submit(world.fields())
            #expect(browser.step == "verification")
            for words in [
                "<h1>VÉRIFICATION COMPLÉMENTAIRE</h1>", "i.desoil",
                "Je renseigne la date de naissance de mon enfant", "Alexis", "jour", "mois",
                "année", "VALIDER", "ANNULER",
            ] { #expect(browser.shows(words), "\(words)") }
            #expect(try await world.row().state == .notifiedNotActivated)
            try await browser.submit([("day", "17"), ("month", "05"), ("year", "2012")])
            #expect(browser.shows("La date de naissance saisie est incorrecte"))
            try await browser.submit([("day", "31"), ("month", "02"), ("year", "2012")])
            #expect(browser.shows("Choisissez une date qui existe."))
            try await browser.submit([("day", "16"), ("month", "05"), ("year", "2012")])
            #expect(browser.step == "waiting")
            let row = try await world.row()
            #expect(row.state == .activating && row.pendingEmail == ActivationWorld.address)
            let hash = try #require(row.passwordHash)
            let isChosen = try PasswordHash.verify(Array(ActivationWorld.chosen.utf8), hash)
            #expect(isChosen)
        }
    }

    @Test("changes nothing on « ANNULER », which leads to SIGN-1 (J-C-22)")
    func restart() async throws {
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            try await browser.submit(world.fields())
            let verification = browser.path
            try await browser.submit([("action", "recommencer")])
            #expect(browser.step == "password")
            try await browser.open(verification)
            #expect(browser.step == "password", "what was typed is forgotten")
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("counts the tries of C-2b, and keeps C-2b shut before C-2a (SR-55, J-G-18)")
    func tries() async throws {
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            let form = browser.path
            try await browser.open(form.replacing("/activation", with: "/verification"))
            #expect(browser.step == "activation")
            try await browser.submit(world.fields())
            for day in ["01", "02", "03", "04", "05"] {
                try await browser.submit([("day", day), ("month", "01"), ("year", "2012")])
                #expect(browser.isRefused)
            }
            try await browser.submit([("day", "16"), ("month", "05"), ("year", "2012")])
            #expect(browser.answer?.code == 429)
        }
    }

    /// The account, active, after the school has made it another password.
    private func reset(_ world: ActivationWorld, email: String?) async throws {
        try await world.apply(.selfEnrolled(passwordHash: try world.test.hash("xK4mPq8Zw2")))
        if let email {
            try await world.apply(.addressGiven(email))
            try await world.apply(.addressConfirmed(email))
        }
        try await world.apply(
            .passwordReset(
                ProvisionalPassword(
                    hash: try world.test.hash(ActivationWorld.letter), sealed: [1])))
    }

    @Test(
        "after a reset asks for a password and the birth date, and leads to the teleservice (T12b)",
        arguments: Backend.available)
    func afterReset(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            try await reset(world, email: "desoil@example.org")
            let browser = try await world.withLetter()
            #expect(browser.step == "password-not-changed")
            try await browser.submit([])
            #expect(!browser.shows("Confirmez votre email"))
            try await browser.submit(world.fields([("birth-date", "01/01/2012")]))
            #expect(browser.shows("La date de naissance saisie est incorrecte"))
            try await browser.submit(world.fields())
            #expect(browser.callback?["code"] != nil)
            let row = try await world.row()
            #expect(row.state == .active && row.provisionalPasswordHash == nil)
            #expect(row.email == "desoil@example.org" && row.pendingEmail == nil)
            // The one session is of the new epoch; the owner is told of the password (SR-47).
            #expect(try await world.sessions() == 1)
            let mails = try await world.mails()
            #expect(mails.allSatisfy { $0.to.text == "desoil@example.org" })
            #expect(
                mails.map(\.subject) == [
                    "Services en ligne de l'éducation nationale – votre mot de passe a été modifié"
                ])
        }
    }

    @Test("after a reset takes an address where none is confirmed, and doesn't wait for it (T12b)")
    func resetWithAddress() async throws {
        try await ActivationWorld.run { world in
            try await reset(world, email: nil)
            for address in ["", ActivationWorld.address] {
                let browser = try await world.atForm()
                #expect(browser.shows("Confirmez votre email"))
                if address.isEmpty {
                    try await browser.submit(
                        world.fields([("email", "x@"), ("email-confirmation", "")]))
                    #expect(browser.isRefused)
                    continue
                }
                try await browser.submit(world.fields())
                #expect(browser.callback?["code"] != nil)
                #expect(try await world.row().pendingEmail == address)
                #expect(try await world.row().email == nil)
                // No address is confirmed, so nobody is told of the password; M-5 alone goes out.
                let mails = try await world.mails()
                #expect(mails.map(\.to.text) == [address])
                #expect(mails[0].text.contains("/compte/adresse/confirmation?code="))
            }
        }
    }

    @Test(
        "makes a stranger of each browser but the one that it was replaced in (security history 2.27)",
        arguments: Backend.available)
    func browsersAfterReplacement(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let (mine, other) = (world.signIn.browser(), world.signIn.browser())
            func newDevices() async throws -> Int {
                try await world.mails().count {
                    $0.subject.hasSuffix("nouvelle connexion à votre compte")
                }
            }
            for browser in [mine, other] {
                try await browser.open(try world.signIn.request())
                try await browser.signIn()
                world.test.clock.advance(by: .seconds(61))
            }
            #expect(try await newDevices() == 2)
            let (now, tomorrow) = (world.test.clock.now, world.test.clock.now + .seconds(86_400))
            _ = try await world.test.store.write {
                try $0.setMustChange(before: tomorrow, after: nil, limit: 100, at: now)
            }
            try await mine.open(try world.signIn.request([("prompt", "login")]))
            try await mine.signIn()
            try await mine.submit([])
            try await mine.submit([
                ("new-password", "Tqbrw7vkz9x"), ("new-password-confirmation", "Tqbrw7vkz9x"),
            ])
            #expect(mine.callback?["code"] != nil)
            for (browser, mails) in [(mine, 2), (other, 3)] {
                try await browser.open(try world.signIn.request([("prompt", "login")]))
                try await browser.signIn("v.durant1", "Tqbrw7vkz9x")
                #expect(browser.callback?["code"] != nil)
                #expect(try await newDevices() == mails)
                world.test.clock.advance(by: .seconds(61))
            }
        }
    }

    @Test(
        "for a password that must change asks for a new one and no birth date (journeys §8.2 no. 13)",
        arguments: [Policy.Screens.ActivationForm.oneScreen, .twoScreens])
    func mustChange(_ screens: Policy.Screens.ActivationForm) async throws {
        var policy = Policy(profile: .educonnect)
        policy.screens.activationForm = screens
        try await ActivationWorld.run(policy: policy) { world in
            let tomorrow = world.test.clock.now + .seconds(86_400)
            let now = world.test.clock.now
            _ = try await world.test.store.write {
                try $0.setMustChange(before: tomorrow, after: nil, limit: 100, at: now)
            }
            let browser = world.signIn.browser()
            try await browser.open(try world.signIn.request())
            try await browser.signIn()
            #expect(browser.step == "password-not-changed")
            #expect(browser.callback == nil)
            try await browser.submit([])
            #expect(!browser.shows("Date de naissance") && !browser.shows("Email"))
            try await browser.submit([
                ("new-password", SignInWorld.password),
                ("new-password-confirmation", SignInWorld.password),
            ])
            #expect(browser.isRefused, "the present one")
            let before = try await world.mails().count
            try await browser.submit([
                ("new-password", ActivationWorld.chosen),
                ("new-password-confirmation", ActivationWorld.chosen),
            ])
            #expect(browser.callback?["code"] != nil)
            #expect(try await world.mails().count == before + 1, "none before it was replaced")
            // Once is enough.
            let again = world.signIn.browser()
            try await again.open(try world.signIn.request())
            try await again.signIn("v.durant1", ActivationWorld.chosen)
            #expect(again.callback?["code"] != nil)
        }
    }

    @Test("begins again where the school has handed out another letter since (security.md 4.7)")
    func anotherLetter() async throws {
        try await ActivationWorld.run(policy: Policy(profile: .modern)) { world in
            let (id, now) = (world.account, world.test.clock.now)
            try await world.test.store.write { writer in
                var account = try #require(try writer.account(id))
                account.provisionalPasswordSealed = nil
                try writer.replaceAccount(
                    account, expectedRevision: account.revision, ends: nil, at: now)
            }
            let thief = try await world.atForm()
            try await world.apply(
                .notified(ProvisionalPassword(hash: try world.test.hash("HPLD83VX"), sealed: [2])))
            try await thief.submit(world.fields())
            #expect(thief.step == "password")
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("grows by nothing however often « Gérer mon compte » is pressed (SR-66)")
    func openedAgain() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            let parts = browser.path.split(separator: "/")
            let id = try #require(Interaction.ID(address: parts[1]))
            let form = try #require(TestForm(browser.text))
            let opening = form.action.replacing("/activation", with: "/password-not-changed")
            func size() async throws -> Int? {
                try await world.test.store.read { try $0.interaction(id)?.state.count }
            }
            let before = try await size()
            for _ in 0..<5 { try await browser.post(opening, form.hidden) }
            #expect(browser.step == "activation")
            #expect(try await size() == before)
        }
    }
}
