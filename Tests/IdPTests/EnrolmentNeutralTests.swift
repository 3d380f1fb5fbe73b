import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("An enrolment where every answer is alike")
struct EnrolmentNeutralTests {
    /// What a stranger sees of an answer: all but what differs from flow to flow, and the end of the
    /// number that was typed.
    private func seen(_ browser: TestBrowser) -> String {
        browser.text.replacing(/value="[^"]{30,}"/, with: "").replacing(
            /\/authorize\/[\w-]{22}/, with: ""
        ).replacing(/06.\*\*.\*\*.\*\*.\d\d/, with: "")
    }

    @Test(
        "goes on to the code whoever was typed; only the directory's number gets one (J-B-09, J-B-12, SR-46; security.md 4.4)",
        arguments: Backend.available)
    func alike(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend, profile: .modern) { world in
            let known = try await world.atCode()
            let unknown = try await world.atCode("Nobody", "Here", "06 39 98 00 50")
            let active = try await world.atCode("Durant", "Valéry", "06 39 98 00 01")
            #expect(known.step == "sms-code")
            #expect(seen(known) == seen(unknown))
            #expect(seen(known) == seen(active))
            #expect(known.words.contains("code valable 10min"))
            let numbers = Set(try await world.test.textMessages().map(\.number.text))
            #expect(numbers == ["+33639980010", "+33639980001"])
            #expect(try await world.test.textMessages().first?.text.contains("10 minutes") == true)
            // A wrong code, up to the fifth, an expired one: alike as well.
            for number in 1...6 {
                for browser in [known, unknown, active] {
                    try await browser.submit([("code", "12345")])
                }
                let words = "Le code saisi est incorrect ou n'est plus valable."
                #expect(known.words.contains(words) == (number <= 5))
                #expect(seen(known) == seen(unknown))
                #expect(seen(known) == seen(active))
                #expect(known.answer?.code == unknown.answer?.code)
                for browser in [known, unknown, active] {
                    try await browser.open(browser.screen)
                }
            }
        }
    }

    @Test("counts sends alike too (SR-53)")
    func sends() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            for typed in [
                ("Loyez", "Patrick", EnrolmentWorld.number), ("Nobody", "Here", "06 39 98 00 50"),
            ] {
                let first = try await world.atCode(typed.0, typed.1, typed.2)
                #expect(first.step == "sms-code")
                let second = try await world.atCode(typed.0, typed.1, typed.2)
                #expect(second.answer?.code == 429)
            }
        }
    }

    @Test("counts sends to a number of Mayotte alike, which reads like one of the mainland (SR-46)")
    func mayotte() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let record = try await world.test.makeRecord(
                "m.abdou", firstName: "Moussa", lastName: "ABDOU", mobile: "+262639980020")
            try await world.test.makePupil("Inaya", "ABDOU", born: "2014-05-05", of: [record])
            for typed in [
                ("Abdou", "Moussa", "06 39 98 00 20"), ("Nobody", "Here", "06 39 98 00 21"),
            ] {
                #expect(try await world.atCode(typed.0, typed.1, typed.2).step == "sms-code")
                let mainland = typed.2.replacing("06 ", with: "+33 6 ")
                let next = try await world.atCode(typed.0, typed.1, mainland)
                #expect(next.answer?.code == 429)
            }
        }
    }

    @Test("says that an account exists to its owner alone, after the code (J-B-10, J-B-11)")
    func alreadyActive() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let browser = try await world.atCode("Durant", "Valéry", "06 39 98 00 01")
            #expect(!browser.words.contains("déjà créé"))
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.step == "password")
            #expect(
                browser.words.contains(
                    "Un compte EduConnect est déjà créé à partir de ces données. Vous pouvez vous "
                        + "connecter avec FranceConnect ou avec vos identifiants EduConnect."))
        }
    }

    @Test("knows no code for nobody: none of the million opens it")
    func nobody() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let browser = try await world.atCode("Nobody", "Here", "06 39 98 00 50")
            #expect(try await world.test.textMessages().isEmpty)
            for code in ["000000", "", "123456"] {
                try await browser.submit([("code", code)])
                #expect(browser.isRefused)
                try await browser.open(browser.screen)
            }
            #expect(browser.step == "sms-code")
        }
    }

    @Test("shows children by first name and initial (security.md 4.6)")
    func children() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let browser = try await world.atChildren()
            #expect(browser.words.contains("Léane L. né(e) le"))
            #expect(!browser.words.contains("Léane LOYEZ"))
        }
    }

    @Test("ends with a password of the profile's rule, after a code of ten minutes")
    func end() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let browser = try await world.atPassword()
            try await browser.choose("Tqbrw7vkz9x")
            #expect(browser.words.contains("entre 12 et 128 caractères"))
            try await browser.choose("correct cheval batterie agrafe")
            #expect(browser.callback?["code"] != nil)
            let late = try await world.atCode("Nobody", "Here", "06 39 98 00 50")
            world.test.clock.advance(by: .seconds(600))
            try await late.submit([("code", "123456")])
            #expect(late.words.contains("plus valable"))
        }
    }

    @Test("asks the number after FranceConnect in the same way (J-A-09)")
    func afterUpstream() async throws {
        try await EnrolmentWorld.run(profile: .modern) { world in
            let known = try await world.atMobileNumber()
            try await known.submit([("mobile-number", EnrolmentWorld.number)])
            let unknown = try await world.atMobileNumber()
            try await unknown.submit([("mobile-number", "06 39 98 00 50")])
            #expect(known.step == "sms-code")
            #expect(seen(known) == seen(unknown))
            #expect(try await world.test.textMessages().count == 1)
        }
    }
}
