import Flow
import FoundationEssentials
import TestSupport
import Testing

@testable import IdP

@Suite("The summary of a form's errors names each field as its label does")
struct ErrorSummaryTests {
    @Test("on the form of the activation, in one screen or two (J-C-13, J-C-16, J-C-22)")
    func activation() async throws {
        let nothing = [
            "email", "email-confirmation", "new-password", "new-password-confirmation",
            "birth-date",
        ].map { ($0, "") }
        try await ActivationWorld.run { world in
            let browser = try await world.atForm()
            try await browser.submit(nothing)
            #expect(
                browser.summary == [
                    "Email : Champ obligatoire", "Confirmez votre email : Champ obligatoire",
                    "Nouveau mot de passe : Champ obligatoire",
                    "Date de naissance de votre enfant Alexis : Champ obligatoire",
                ])
            #expect(browser.shows("id=\"email-error\">Champ obligatoire<"))
            try await browser.submit(world.fields([("new-password", "court1")]))
            #expect(
                browser.summary == [
                    "Nouveau mot de passe : 8 caractères minimum, 14 caractères maximum, chiffres ET "
                        + "lettres obligatoires."
                ])
        }
        try await ActivationWorld.run(policy: ActivationWorld.twoScreens()) { world in
            let browser = try await world.atForm()
            try await browser.submit(nothing)
            #expect(browser.summary.contains("nouveau mot de passe : Champ obligatoire"))
            #expect(browser.summary.contains("adresse mail : Champ obligatoire"))
        }
    }

    @Test("on the screens of an enrolment (J-B-05, J-B-13, J-B-19, J-B-23)")
    func enrolment() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atIdentity()
            try await browser.identify("", "", "06")
            #expect(
                browser.summary == [
                    "Nom : Champ obligatoire", "Prénom : Champ obligatoire",
                    "N° de téléphone portable : Le numéro de téléphone saisi n'est pas valable.",
                ])
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            try await browser.submit([("code", "")])
            #expect(
                browser.summary == [
                    "J'indique le code d'activation reçu par SMS (code valable 30min) : Champ "
                        + "obligatoire"
                ])
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.submit([world.dates[0], (world.dates[1].0, "")])
            #expect(browser.summary == ["Clémence LOYEZ né(e) le : Champ obligatoire"])
            try await browser.submit(world.dates)
            try await browser.choose("court1", "")
            #expect(
                browser.summary == [
                    "Je crée mon mot de passe : 8 caractères minimum, 14 caractères maximum, chiffres "
                        + "ET lettres obligatoires.",
                    "...et je le confirme en le saisissant à nouveau : Champ obligatoire",
                ])
            // At the field the message is the specified one.
            #expect(
                browser.shows(
                    "id=\"password-error\">La valeur du champ \"Nouveau mot de passe\" doit comporter"
                ))
        }
    }
}

extension TestBrowser {
    /// The entries of the error summary.
    fileprivate var summary: [String] {
        words.matches(of: /<li><a href="#[^"]*">([^<]*)<\/a><\/li>/).map { String($0.output.1) }
    }
}
