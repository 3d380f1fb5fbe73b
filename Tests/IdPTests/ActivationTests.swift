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

@Suite("Activation with the school's letter")
struct ActivationTests {
    @Test(
        "goes from « Gérer mon compte » by the form to the wait (J-C-11, J-C-21, J-C-26 to J-C-28, J-C-36)",
        arguments: Backend.available, [Policy.Profile.educonnect, .modern])
    func form(_ backend: Backend, _ profile: Policy.Profile) async throws {
        try await ActivationWorld.run(backend, policy: Policy(profile: profile)) { world in
            let browser = try await world.withLetter()
            #expect(browser.shows("Gérer mon compte"))
            try await browser.submit([])
            #expect(browser.step == "activation")
            try await browser.submit(world.fields())
            #expect(browser.step == "waiting")
            for words in [
                "COMPTE EN ATTENTE DE VALIDATION",
                "Pour utiliser votre compte, ouvrez maintenant le mail que vous venez de recevoir et suivez les instructions.",
                "Si vous n'avez rien reçu, pensez à regarder dans vos courriers indésirables ou \"spams\".",
                "VALIDER",
            ] { #expect(browser.shows(words), "\(words)") }
            let row = try await world.row()
            #expect(row.state == .activating && row.origin == .school)
            #expect(row.email == nil && row.pendingEmail == ActivationWorld.address)
            #expect(try await world.mails().map(\.to.text) == [ActivationWorld.address])
            #expect(try await world.sessions() == 0)
            // « VALIDER » leads to SIGN-1.
            try await browser.submit([("action", "recommencer")])
            #expect(browser.step == "password" && browser.callback == nil)
        }
    }

    @Test(
        "has the words of C-2 (J-C-09, J-C-12, J-C-13, J-C-14, J-C-15, J-C-16, J-C-17, J-C-19, J-C-20, J-C-23, J-F-03, J-G-16)"
    )
    func words() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            for words in [
                "<h1>Activation du compte</h1>",
                "Bonjour Isabelle DESOIL, vous devez fournir une adresse email valide, modifier votre mot de passe provisoire et, pour vérification complémentaire, saisir la date de naissance de votre enfant affiché.",
                "Email", "Confirmez votre email", "value=\"i.desoil@example.org\"",
                "Nouveau mot de passe", "Confirmez votre mot de passe",
                "La valeur du champ \"Nouveau mot de passe\" doit comporter entre 8 et 14 caractères (uniquement chiffres et lettres non accentuées, minuscules ou majuscules, au moins un chiffre et une lettre).",
                "Date de naissance de votre enfant Alexis", "Activer votre compte",
                "Cette adresse de messagerie est indispensable : sitôt ce formulaire validé, vous y recevrez un courriel contenant un lien sur lequel vous devez absolument \"cliquer\", afin de pouvoir accéder à vos services en ligne. Cette opération n'est à faire qu'une seule fois.",
                "Par la suite, cette adresse pourra également être utilisée pour :",
                "vous communiquer des informations importantes concernant vos services",
                "retrouver en cas d'oubli, votre identifiant ou votre mot de passe.",
                "Indiquez une adresse que vous consultez régulièrement.",
                "* Champ obligatoire", "Besoin d'aide ?",
            ] { #expect(browser.shows(words), "\(words)") }
            #expect(!browser.shows("Cassandre"))
        }
    }

    static let wrong: [(String, String, String)] = [
        ("email", "", "Champ obligatoire"),
        ("email-confirmation", "", "Champ obligatoire"),
        ("email", "isabelle", "L'adresse mail saisie n'est pas valide."),
        ("email", "isabelle@example", "L'adresse mail saisie n'est pas valide."),
        (
            "email", "isabelle@example.org\r\nBcc: x@example.org",
            "L'adresse mail saisie n'est pas valide."
        ),
        ("email", "isabelle%x@example.org", "L'adresse mail saisie n'est pas valide."),
        ("email", "\"a b\"@example.org", "L'adresse mail saisie n'est pas valide."),
        ("email", "is\u{430}belle@example.org", "L'adresse mail saisie n'est pas valide."),
        ("email", "a@b@example.org", "L'adresse mail saisie n'est pas valide."),
        (
            "email", String(repeating: "a", count: 300) + "@example.org",
            "L'adresse mail saisie n'est pas valide."
        ),
        (
            "email-confirmation", "isabele@example.org",
            "Les deux adresses mail saisies ne sont pas identiques."
        ),
        ("new-password", "", "Champ obligatoire"),
        ("new-password", "court1", "doit comporter entre 8 et 14 caractères"),
        (
            "new-password", String(repeating: "a1", count: 4000),
            "doit comporter entre 8 et 14 caractères"
        ),
        ("new-password", "sanschiffre", "doit comporter entre 8 et 14 caractères"),
        ("new-password", "été1234567", "doit comporter entre 8 et 14 caractères"),
        ("new-password", "motdepasse1", "Ce mot de passe est trop facile à deviner."),
        (
            "new-password-confirmation", "kR7vXw2pQ9mY",
            "Les deux mots de passe saisis ne sont pas identiques."
        ),
        ("birth-date", "", "Champ obligatoire"),
        ("birth-date", "31/02/2012", "Saisissez une date qui existe"),
        ("birth-date", "hier", "Saisissez une date qui existe"),
        ("birth-date", String(repeating: "1", count: 5000), "Saisissez une date qui existe"),
        ("birth-date", "17/05/2012", "La date de naissance saisie est incorrecte"),
        ("birth-date", "03/10/2015", "La date de naissance saisie est incorrecte"),
    ]

    @Test(
        "says at the field what is wrong, keeps what was typed, and stores nothing (J-C-13, J-C-16, J-C-24, J-F-09)",
        arguments: wrong)
    func wrongField(_ field: String, _ value: String, _ message: String) async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            let before = try await world.row()
            try await browser.submit(world.fields([(field, value)]))
            let page = try #require(browser.answer)
            #expect(browser.isRefused && page.code == 200)
            #expect(browser.shows(message))
            #expect(browser.shows("<title>Erreur – Activation du compte"))
            #expect(page.text.contains("href=\"#\(field)\""), "the summary links to the field")
            let wrong = try #require(
                page.text.matches(of: /<input class="input"[^>]*autofocus[^>]*>/).first)
            #expect(wrong.output.contains("id=\"\(field)\""))
            #expect(wrong.output.contains("aria-invalid=\"true\""))
            #expect(!page.text.contains(ActivationWorld.chosen))
            #expect(try await world.row() == before)
            #expect(try await world.mails().isEmpty)
            // The form serves again.
            try await browser.submit(world.fields())
            #expect(browser.step == "waiting")
        }
    }

    @Test("refuses the letter's own password as the new one (J-C-18, J-S-14)")
    func samePassword() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            try await browser.submit(
                world.fields([
                    ("new-password", ActivationWorld.letter),
                    ("new-password-confirmation", ActivationWorld.letter),
                ]))
            #expect(
                browser.shows(
                    "Le nouveau mot de passe doit être différent de votre mot de passe actuel."))
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("leads from a wrong birth date to the help about it (J-C-24, J-C-25)")
    func birthDateHelp() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            try await browser.submit(world.fields([("birth-date", "01/01/2012")]))
            #expect(browser.answer?.text.contains("href=\"/aide#date-de-naissance\"") == true)
            #expect(try await world.auditKinds().contains("birthDateRefused"))
            try await browser.open("/aide")
            #expect(browser.shows("id=\"date-de-naissance\""))
            #expect(browser.shows("Contactez le directeur de l'école pour qu'il la corrige."))
        }
    }

    @Test(
        "gives five wrong birth dates a day, whatever else is typed; right ones cost nothing (SR-55)",
        arguments: Backend.available)
    func birthDateTries(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let browser = try await world.atForm()
            for _ in 0..<7 {
                // Nothing was looked at: no try.
                try await browser.submit(
                    world.fields([("birth-date", "01/01/2012"), ("email", "")]))
                #expect(browser.isRefused)
                #expect(!browser.shows("La date de naissance saisie est incorrecte"))
            }
            for _ in 0..<7 {
                try await browser.submit(
                    world.fields([
                        ("new-password", ActivationWorld.letter),
                        ("new-password-confirmation", ActivationWorld.letter),
                    ]))
                #expect(browser.isRefused)
            }
            for day in 1...5 {
                try await browser.submit(world.fields([("birth-date", "0\(day)/01/2012")]))
                #expect(browser.isRefused)
            }
            try await browser.submit(world.fields())
            #expect(browser.answer?.code == 429)
            #expect(browser.shows("Trop de tentatives. Réessayez dans 24 heures."))
            #expect(try await world.row().state == .notifiedNotActivated)
            world.test.clock.advance(by: .seconds(86_401))
            let nextDay = try await world.atForm()
            try await nextDay.submit(world.fields())
            #expect(nextDay.step == "waiting")
        }
    }

    @Test("does not tell a birth date by the passwords that it refuses (SR-43, SR-55)")
    func noOracle() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            // Made of the eldest's birth date, with a wrong one typed: only that is said.
            for password in ["zqx16052012", "zqx17052012"] {
                try await browser.submit(
                    world.fields([
                        ("new-password", password), ("new-password-confirmation", password),
                        ("birth-date", "01/01/2012"),
                    ]))
                #expect(browser.shows("La date de naissance saisie est incorrecte"))
                #expect(!browser.shows("Ce mot de passe contient"))
            }
            try await browser.submit(
                world.fields([
                    ("new-password", "zqx16052012"),
                    ("new-password-confirmation", "zqx16052012"),
                ]))
            #expect(browser.shows("Ce mot de passe contient des informations"))
        }
    }

    @Test("of any number of posts at once is done once", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await ActivationWorld.run(backend) { world in
            let browser = try await world.atForm()
            _ = try await browser.submitAtOnce(6, world.fields())
            #expect(try await world.row().state == .activating)
            #expect(try await world.mails().count == 1)
        }
    }

    @Test("leads to SIGN-1 where the letter went out of date while its form was filled in (J-S-18)")
    func outOfDateMeanwhile() async throws {
        try await ActivationWorld.run { world in
            let start = TestDesk.start
            let end = world.test.desk.policy.provisionalPassword.validity.end(of: start)
            world.test.clock.advance(by: .seconds(Int64(end.timeIntervalSince(start)) - 60))
            let browser = try await world.atForm()
            world.test.clock.advance(by: .seconds(120))
            try await browser.submit(world.fields())
            #expect(browser.step == "password")
            #expect(browser.shows("Votre mot de passe provisoire n'est plus valable."))
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("begins again where the school has made another password since (2.27)")
    func resetMeanwhile() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            try await world.apply(
                .passwordReset(
                    ProvisionalPassword(hash: try world.test.hash("HPLD83VX"), sealed: [2])))
            try await browser.submit(world.fields())
            #expect(browser.step == "password")
            #expect(try await world.row().state == .notifiedNotActivated)
        }
    }

    @Test("can't be completed for an account without a child, and says whom to ask (T17)")
    func noChild() async throws {
        try await ActivationWorld.run { world in
            let (account, guardian, now) = (world.account, world.guardian, world.test.clock.now)
            try await world.test.store.write { writer in
                for view in try writer.children(of: account, at: now) {
                    try writer.upsert(
                        ChildLink(
                            guardian: guardian, child: view.child.id,
                            legalLevel: .representative, endedAt: now))
                }
            }
            let browser = try await world.atForm()
            #expect(browser.shows("Aucun enfant n'est actuellement rattaché à votre compte."))
        }
    }
}
