import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A parent who enrols by SMS")
struct EnrolmentTests {
    @Test(
        "goes from the number to the teleservice, with an account of their own, whether or not a letter is on its way (J-B-01, J-B-03, J-B-12, J-B-26, J-B-27, J-B-28)",
        arguments: Backend.available, [AccountState.notNotified, .notifiedNotActivated])
    func happyPath(_ backend: Backend, _ state: AccountState) async throws {
        try await EnrolmentWorld.run(backend) { account, _ in
            account.state = state
            account.distributionDate = state == .notNotified ? nil : TestDesk.start
        } _: { world in
            let browser = try await world.atPassword()
            #expect(browser.step == "new-password")
            try await browser.choose(EnrolmentWorld.password)
            #expect(browser.callback?["code"] != nil)
            let account = try #require(try await world.account())
            #expect(account.state == .active)
            #expect(account.origin == .guardian)
            #expect(account.email == nil)
            let claims = try await world.world.idToken(browser)
            #expect(claims.member("acr")?.string == "urn:educonnect:acr:password-sms")
            #expect(claims.member("amr") == ["pwd", "sms"])
            for kind in ["codeSent", "codeProved", "birthDatesProved", "activated"] {
                #expect(try await world.events(kind).map(\.account) == [account.id], "\(kind)")
            }
            let again = world.world.browser()
            try await again.open(try world.world.request())
            try await again.signIn("p.loyez", EnrolmentWorld.password)
            #expect(again.callback?["code"] != nil)
        }
    }

    @Test(
        "ends on the portal where it began at the public address, by SMS or FranceConnect (J-P-01)",
        arguments: [false, true])
    func portal(_ isFederated: Bool) async throws {
        try await EnrolmentWorld.run { world in
            let browser = world.world.browser()
            try await browser.open("/")
            if isFederated {
                try await browser.comeBack(try await browser.startAtUpstream())
                try await browser.submit([("mobile-number", EnrolmentWorld.number)])
            } else {
                try await browser.follow("no-account")
                try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            }
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.submit(world.dates)
            if !isFederated { try await browser.choose(EnrolmentWorld.password) }
            #expect(browser.path == "/portail" && browser.userName == "M. LOYEZ Patrick")
        }
    }

    @Test("sees the words of B-1 (J-B-04 to J-B-08)")
    func identityWords() async throws {
        try await EnrolmentWorld.run { world in
            let page = try await world.atIdentity().words
            for words in [
                "<h1>Je crée mon compte</h1>", "Nom<", "Prénom<", "N° de téléphone portable<",
                "class=\"help-mark\"", "fiche de renseignement", "Recevoir mon code SMS",
                "Je ne souhaite pas utiliser de téléphone portable", "Besoin d'aide ?", "Annuler",
            ] { #expect(page.contains(words), "\(words)") }
        }
    }

    @Test("finds the way without a mobile phone (J-B-08, J-A-08)")
    func withoutPhone() async throws {
        try await EnrolmentWorld.run { world in
            for browser in [try await world.atIdentity(), try await world.atMobileNumber()] {
                try await browser.follow("without-phone")
                #expect(
                    browser.words.contains(
                        "Pour obtenir un compte EduConnect sans téléphone portable, contactez le "
                            + "directeur de l'école de votre enfant"))
            }
        }
    }

    @Test(
        "whom the directory does not know so is told to check or to ask the school, and gets no SMS (J-B-02, J-B-09)",
        arguments: [
            ("Loyez", "Patrice", EnrolmentWorld.number),
            ("Loyer", "Patrick", EnrolmentWorld.number),
            ("Loyez", "Patrick", "06 39 98 00 11"), ("Loyez", "X", EnrolmentWorld.number),
        ])
    func notRecognised(_ typed: (String, String, String)) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode(typed.0, typed.1, typed.2)
            #expect(browser.isRefused)
            #expect(
                browser.words.contains(
                    "Les informations saisies ne permettent pas de poursuivre l'inscription par SMS. "
                        + "Veuillez vérifier les données saisies ou contactez votre établissement "
                        + "scolaire."))
            #expect(browser.words.contains("<title>Erreur – Je crée mon compte"))
            for value in [typed.0, typed.1, typed.2] {
                #expect(browser.words.contains("value=\"\(value)\""))
            }
            #expect(try await world.test.textMessages().isEmpty)
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.step == "sms-code", "the form serves again")
        }
    }

    @Test("needs a number in the directory, and a child (J-B-02)")
    func noNumber() async throws {
        try await EnrolmentWorld.run { world in
            try await world.test.setMobile(nil, of: world.record.guardian)
            #expect(try await world.atCode().isRefused)
            let childless = try await world.test.makeRecord(
                "m.fagot", civility: "Mme", firstName: "Martine", lastName: "FAGOT",
                mobile: "+33639980012")
            #expect(
                try await world.atCode("Fagot", "Martine", "0639980012").isRefused)
            try await world.test.makePupil("Enzo", "FAGOT", born: "2016-01-01", of: [childless])
            #expect(try await world.atCode("Fagot", "Martine", "0639980012").step == "sms-code")
        }
    }

    @Test(
        "may write name and number as people do",
        arguments: [
            ("LOYEZ", "patrick", "+33 (0)6 39 98 00 10"), ("l'oyez", "PATRICK", "06.39.98.00.10"),
            ("Loyez ", " Pàtrick", "0033639980010"),
        ])
    func writings(_ typed: (String, String, String)) async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode(typed.0, typed.1, typed.2)
            #expect(browser.step == "sms-code")
            let messages = try await world.test.textMessages()
            #expect(messages.map(\.number.text) == ["+33639980010"])
        }
    }

    @Test(
        "is told at the field what is missing or no mobile number",
        arguments: [
            ("", "last-name", "Champ obligatoire"), ("", "first-name", "Champ obligatoire"),
            (" ", "mobile-number", "Champ obligatoire"),
            ("+44 7700 900123", "mobile-number", "Le numéro de téléphone saisi n'est pas valable."),
            ("01 02 03 04 05", "mobile-number", "Le numéro de téléphone saisi n'est pas valable."),
            // Digits that only look like digits.
            ("０６ ３９ ９８ ００ １０", "mobile-number", "Le numéro de téléphone saisi n'est pas valable."),
            ("O6 39 98 00 1O", "mobile-number", "Le numéro de téléphone saisi n'est pas valable."),
            (String(repeating: "L", count: 101), "last-name", "Saisissez au plus 100 caractères."),
        ])
    func wrongField(_ typed: (value: String, field: String, message: String)) async throws {
        try await EnrolmentWorld.run { world in
            var fields = [
                "last-name": "Loyez", "first-name": "Patrick",
                "mobile-number": EnrolmentWorld.number,
            ]
            fields[typed.field] = typed.value
            let browser = try await world.atIdentity()
            try await browser.submit(fields.map { ($0.key, $0.value) })
            #expect(browser.isRefused)
            #expect(browser.words.contains("id=\"\(typed.field)-error\">\(typed.message)"))
            let label = EnrolmentEntry.label(typed.field)
            #expect(
                browser.words.contains("<a href=\"#\(typed.field)\">\(label) : \(typed.message)"))
            #expect(!browser.words.contains(String(repeating: "L", count: 101)))
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("can't put headers, markup or words of their own into the SMS")
    func injection() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode(
                "Loyez\r\nBcc: <b>x</b>", "Patrick\u{2028}", EnrolmentWorld.number + "\n")
            #expect(browser.isRefused)
            #expect(!browser.text.contains("<b>x</b>"))
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test(
        "with an active account is told so, and finds the way to sign in (J-B-10, J-B-11, J-B-29)")
    func alreadyActive() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode("Durant", "Valéry", "06 39 98 00 01")
            #expect(browser.isRefused)
            #expect(
                browser.words.contains(
                    "Un compte EduConnect est déjà créé à partir de ces données. Vous pouvez vous "
                        + "connecter avec FranceConnect ou avec vos identifiants EduConnect."))
            #expect(try await world.test.textMessages().isEmpty)
            try await browser.follow("to-sign-in")
            #expect(browser.words.contains("S'identifier avec "))
            #expect(browser.words.contains("Saisissez un identifiant"))
        }
    }

    @Test(
        "can try five forms an hour with one number from one network, right or wrong, and thirty from anywhere (SR-45; security history 2.38)",
        arguments: Backend.available)
    func limit(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atIdentity()
            let form = try #require(TestForm.holding(["last-name"], in: browser.text))
            let fields =
                form.hidden + [
                    ("last-name", "Loyez"), ("first-name", "Patrice"),
                    ("mobile-number", EnrolmentWorld.number),
                ]
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    let other = world.world.browser()
                    other.copyCookies(of: browser)
                    other.address = "198.51.100.\(number % 8)"
                    group.addTask { try await other.send(form.action, fields).code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { [303, 422].contains($0) } == 30)
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 60 minutes."))
            try await browser.identify("Durant", "Valéry", "06 39 98 00 01")
            #expect(browser.isRefused, "another number is tried by itself")
            world.test.clock.advance(by: .seconds(3601))
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.step == "sms-code")
        }
    }

    @Test("shares a number with another parent: names tell them apart (J-G-05)")
    func twoParents() async throws {
        try await EnrolmentWorld.run { world in
            let mother = try await world.test.makeRecord(
                "c.loyez", civility: "Mme", firstName: "Céline")
            try await world.test.makePupil("Léane", born: "2012-10-29", of: [mother])
            let browser = try await world.atCode("Loyez", "Céline")
            let code = try await world.test.newestCode()
            let other = try await world.atCode()
            #expect(other.answer?.code == 429, "one number, one SMS a minute")
            world.test.clock.advance(by: .seconds(61))
            try await other.identify("Loyez", "Patrick", EnrolmentWorld.number)
            // The other's code opens nothing here, and stays good there.
            try await other.submit([("code", code)])
            #expect(other.words.contains("Le code saisi est incorrect."))
            try await browser.submit([("code", code)])
            #expect(browser.words.contains("Je suis bien Céline LOYEZ"))
        }
    }

    @Test("whose namesake has the same number is not recognised: neither is taken for the other")
    func homonyms() async throws {
        try await EnrolmentWorld.run { world in
            let son = try await world.test.makeRecord("p.loyez1") { _, guardian in
                guardian.birthDate = "2001-02-03"
            }
            try await world.test.makePupil("Jean", born: "2020-04-05", of: [son])
            var father = world.record.guardian
            father.birthDate = "1970-05-06"
            let record = father
            try await world.test.store.write { _ = try $0.upsert(record) }
            #expect(try await world.atCode().isRefused)
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test(
        "with two records has one account in the end, and can't be found by the other (J §8.2 no. 7)",
        arguments: Backend.available)
    func duplicates(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let twin = try await world.test.makeRecord("p.loyez1") { account, _ in
                account.state = .notifiedNotActivated
                account.distributionDate = TestDesk.start
                account.provisionalPasswordHash = "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA"
            }
            let jean = try await world.test.makePupil(
                "Jean", born: "2014-06-07", at: .victorHugo, of: [twin])
            let browser = try await world.atChildren()
            for name in ["Léane LOYEZ", "Clémence LOYEZ", "Jean LOYEZ"] {
                #expect(browser.words.contains("\(name) né(e) le"))
            }
            try await browser.submit(world.dates)
            #expect(browser.isRefused, "a child is missing")
            try await browser.submit(world.dates + [(ChildrenEntry.field(jean.id), "07/06/2014")])
            // The one notified last is kept.
            #expect(browser.words.contains("<strong id=\"identifier\">p.loyez1</strong>"))
        }
    }
}
