import Flow
import FoundationEssentials
import Parents
import Store
import TestSupport
import Testing

@testable import IdP

@Suite("The help page")
struct HelpPageTests {
    /// A section of the help as a reader has it.
    private func section(_ topic: HelpTopic) async throws -> String {
        var section: String?
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open("/aide")
            let pattern = try Regex<Substring>("<section id=\"\(topic.rawValue)\">.*?</section>")
            section = browser.words.firstMatch(of: pattern).map { String($0.output) }
        }
        return try #require(section)
    }

    @Test(
        "presents EduConnect as the one secured door, at its address, for primary pupils' guardians first (J-G-01, J-G-03)"
    )
    func desk() async throws {
        let words = try await section(.desk)
        #expect(
            words.contains(
                "le guichet d'authentification unique et sécurisé des services en ligne de l'éducation"
            ))
        #expect(
            words.contains(
                "Il s'adresse d'abord aux responsables légaux des élèves du premier degré."))
        #expect(words.contains("Son adresse est \(TestDesk.issuer)."))
    }

    @Test(
        "shuts out nobody: pupils of collèges are named, and their guardians sign in and have their portal (J-G-04)",
        arguments: Backend.available)
    func secondary(_ backend: Backend) async throws {
        #expect(
            try await section(.desk).contains(
                "Ceux des élèves du second degré s'en servent de la même façon"))
        try await SignInWorld.run(backend) { world in
            let record = try await world.test.makeRecord("p.loyez") { account, _ in
                account.state = .active
            }
            try await world.test.makePupil("Léo", born: "2012-05-16", at: .victorHugo, of: [record])
            let (id, now) = (record.account.id, world.test.clock.now)
            let hash = try world.test.hash(SignInWorld.password)
            try await world.test.store.write { writer in
                guard let account = try writer.account(id) else { return }
                try writer.setPassword(hash, for: id, expectedRevision: account.revision, at: now)
            }
            let browser = try await world.at(.portal, "p.loyez")
            #expect(browser.shows("Collège Victor Hugo") && browser.shows("LOYEZ Léo"))
        }
    }

    @Test(
        "tells how to change password and address and to bring children together, by oneself (J-G-08)"
    )
    func management() async throws {
        let words = try await section(.management)
        for label in [
            "« Gérer Mon Compte »", "« Modifier mon mot de passe »",
            "« Modifier mon adresse mail »",
            "Vous devez valider la nouvelle adresse mail pour qu'elle soit prise en compte sinon tous les courriels seront toujours envoyés à l'ancienne adresse.",
        ] { #expect(words.contains(label), "\(label)") }
    }

    @Test("says that an account that shows one child only can be completed, and how (J-R-18)")
    func missingChild() async throws {
        let words = try await section(.missingChild)
        for label in [
            "Un seul de vos enfants est affiché", "Vous pouvez compléter vous-même",
            "« Mes enfants »", "« Ajouter des enfants depuis un autre compte »",
        ] { #expect(words.contains(label), "\(label)") }
    }

    @Test("tells sender and subject of a mail that is not found (J-O-09)")
    func mailNotFound() async throws {
        let words = try await section(.mailNotFound)
        for text in [
            "« Administrateur des services en ligne »",
            "« Services en ligne de l'éducation nationale – activation de votre compte »",
            "courriers indésirables", "corbeille",
        ] { #expect(words.contains(text), "\(text)") }
    }

    @Test("of a mail that is not found leads to a new sign-in, else to the support team (J-O-10)")
    func mailNotFoundOtherwise() async throws {
        let words = try await section(.mailNotFound)
        #expect(words.contains("connectez-vous à nouveau"))
        #expect(words.contains("href=\"/contact\">contactez l'assistance</a>"))
    }

    @Test(
        "of what is lost names the director's new letter, else the support team (J-X-17, J-I-11, J-X-18)"
    )
    func lost() async throws {
        let words = try await section(.lost)
        #expect(words.contains("directeur") && words.contains("un nouveau courrier"))
        #expect(words.contains("href=\"/contact\">contactez l'assistance</a>"))
    }

    @Test("tells what a sign-out ends, and when a session ends by itself")
    func signOut() async throws {
        let words = try await section(.signOut)
        #expect(words.contains("FranceConnect") && words.contains("10 heures"))
    }

    @Test("lists its sections first, each once")
    func contents() async throws {
        try await SignInWorld.run { world in
            let page = try await world.browser().open("/aide").text
            let ids = page.matches(of: /id="([^"]*)"/).map { String($0.output.1) }
            #expect(Set(ids).count == ids.count)
            for topic in HelpTopic.allCases {
                #expect(page.contains("<li><a href=\"#\(topic.rawValue)\">"), "\(topic)")
            }
        }
    }

    @Test(
        "sends to the director, who corrects a wrong birth date; then the activation goes on with the same letter (J-O-01, J-O-02)",
        arguments: Backend.available)
    func corrected(_ backend: Backend) async throws {
        let words = try await section(.wrongBirthDate)
        #expect(words.contains("Contactez le directeur de l'école pour qu'il la corrige."))
        #expect(words.contains("avec le même identifiant et le même mot de passe provisoire"))
        try await ActivationWorld.run(backend) { world in
            let typed = world.fields([("birth-date", "17/05/2012")])
            let browser = try await world.atForm()
            try await browser.submit(typed)
            #expect(browser.isRefused)
            let (account, now) = (world.account, world.test.clock.now)
            try await world.test.store.write { writer in
                guard var eldest = try writer.children(of: account, at: now).first?.child else {
                    return
                }
                eldest.birthDate = "2012-05-17"
                try writer.upsert(eldest)
            }
            let nextDay = try await world.atForm()
            try await nextDay.submit(typed)
            #expect(nextDay.step == "waiting")
        }
    }
}
