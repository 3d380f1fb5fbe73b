import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The code of an enrolment")
struct EnrolmentCodeTests {
    @Test("comes in an SMS of the short alphabet, without a link (J-K-14, J-A-10, J-B-12)")
    func message() async throws {
        try await EnrolmentWorld.run { world in
            _ = try await world.atCode()
            let messages = try await world.test.textMessages()
            let message = try #require(messages.first)
            let code = try await world.test.newestCode()
            #expect(messages.count == 1)
            #expect(
                message.text
                    == "EduConnect : votre code d'activation est \(code). Il est valable 30 minutes."
            )
            #expect(message.isGSM7)
            #expect(message.segments == 1)
            #expect(message.number.text == "+33639980010")
        }
    }

    @Test("has six digits, each as likely as another (SR-49)")
    func digits() {
        // The last whole round ends at 4 294 000 000; what is drawn beyond it is thrown away.
        var draws: [[UInt8]] = [
            [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xF1, 0x3D, 0x80], [0, 0, 0, 7],
        ]
        let third = CodeSending.makeCode(digits: 6) { _ in draws.removeFirst() }
        #expect(third == "000007")
        #expect(draws.isEmpty)
        let randomness = CountedRandomness()
        let codes = (0..<1000).map { _ in
            CodeSending.makeCode(digits: 6, random: randomness.bytes)
        }
        let isSixDigits = codes.map { $0.utf8.count == 6 && $0.allSatisfy(\.isNumber) }
        #expect(!isSixDigits.contains(false))
        #expect(Set(codes).count > 990)
    }

    @Test("is asked for in the words of A-5 and B-2 (J-A-11, J-B-13, J-B-14, J-B-15)")
    func words() async throws {
        try await EnrolmentWorld.run { world in
            let page = try await world.atCode().words
            for words in [
                "<h1>J'active mon compte</h1>",
                "J'indique le code d'activation reçu par SMS (code valable 30min)", "Continuer",
                "Je n'ai pas reçu de code d'activation par SMS", "autocomplete=\"one-time-code\"",
                "inputmode=\"numeric\"", "Besoin d'aide ?",
            ] { #expect(page.contains(words), "\(words)") }
        }
    }

    @Test("may be typed with the blanks that telephones put into it")
    func blanks() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            let code = try await world.test.newestCode()
            try await browser.submit([("code", " \(code.prefix(3))\u{A0}\(code.suffix(3)) ")])
            #expect(browser.step == "children")
        }
    }

    @Test(
        "that is wrong is told so, and the same one is still good (J-A-14, J-A-15, J-B-18)",
        arguments: [true, false])
    func wrong(_ byFranceConnect: Bool) async throws {
        try await EnrolmentWorld.run { world in
            let browser =
                byFranceConnect
                ? try await world.atCodeByUpstream() : try await world.atCode()
            let code = try await world.test.newestCode()
            for typed in [code.reversedDigits, code + "0", String(repeating: "9", count: 40)] {
                try await browser.submit([("code", typed)])
                #expect(browser.isRefused)
                #expect(
                    browser.words.contains(
                        "Le code saisi est incorrect. Veuillez le saisir à nouveau."))
                #expect(browser.words.contains("<h1>J'active mon compte</h1>"))
                #expect(browser.words.contains("Réessayer"))
                try await browser.follow("retry")
                #expect(browser.step == "sms-code")
            }
            try await browser.submit([("code", "")])
            #expect(browser.words.contains("Champ obligatoire"))
            try await browser.submit([("code", code)])
            #expect(browser.step == "children")
            #expect(try await world.events("codeRefused").count == 3)
        }
    }

    @Test(
        "is void after thirty minutes: back to the number, which is still there (J-A-12, J-A-13, J-B-16, J-B-17, J-F-04)"
    )
    func expired() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            let code = try await world.test.newestCode()
            world.test.clock.advance(by: .seconds(30 * 60))
            try await browser.submit([("code", code)])
            #expect(
                browser.words.contains(
                    "Le code saisi n'est plus valable. Veuillez recommencer la saisie de votre numéro "
                        + "de téléphone."))
            try await browser.follow("retry")
            #expect(browser.step == "identity")
            for value in ["Loyez", "Patrick", EnrolmentWorld.number] {
                #expect(browser.words.contains("value=\"\(value)\""))
            }
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.step == "children")
        }
    }

    @Test("is good in its thirtieth minute (J-F-04)")
    func stillGood() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            world.test.clock.advance(by: .seconds(30 * 60 - 1))
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.step == "children")
        }
    }

    @Test(
        "is void after five wrong ones, of which the last says so (J-A-13, SR-49)",
        arguments: Backend.available)
    func fifth(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atCode()
            let code = try await world.test.newestCode()
            for number in 1...5 {
                try await browser.submit([("code", code.reversedDigits)])
                #expect(browser.words.contains("plus valable") == (number == 5))
                if number < 5 { try await browser.follow("retry") }
            }
            try await browser.open(browser.screen)
            try await browser.submit([("code", code)])
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("plus valable"))
        }
    }

    @Test(
        "is looked at five times, however many tries come at once (security history 2.38)",
        arguments: Backend.available)
    func race(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atCode()
            let code = try await world.test.newestCode()
            let form = try #require(TestForm(browser.text))
            let fields = form.hidden + [("code", code.reversedDigits)]
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    let other = world.world.browser()
                    other.copyCookies(of: browser)
                    group.addTask { try await other.send(form.action, fields).code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { [303, 422].contains($0) } == 5)
            #expect(codes.filter { $0 == 429 }.count == 95)
            try await browser.submit([("code", code)])
            #expect(browser.answer?.code == 429, "nor is the right one")
        }
    }

    @Test(
        "serves once, also of two that come at once (SR-51; security history 2.41)",
        arguments: Backend.available)
    func once(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atCode()
            let form = try #require(TestForm(browser.text))
            let fields = form.hidden + [("code", try await world.test.newestCode())]
            let other = world.world.browser()
            other.copyCookies(of: browser)
            async let first = browser.send(form.action, fields)
            async let second = other.send(form.action, fields)
            let codes = [try await first.code, try await second.code]
            #expect(codes == [303, 303], "whoever comes second sees what is there now")
            #expect(try await world.events("codeProved").count == 1)
            // In another flow it is nothing.
            let elsewhere = try await world.atIdentity()
            world.test.clock.advance(by: .seconds(61))
            try await elsewhere.identify("Loyez", "Patrick", EnrolmentWorld.number)
            try await elsewhere.submit(fields.suffix(1))
            #expect(elsewhere.words.contains("Le code saisi est incorrect."))
        }
    }

    @Test("is void when a newer one was sent (SR-51, J-B-15)")
    func newer() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            let old = try await world.test.newestCode()
            world.test.clock.advance(by: .seconds(61))
            try await browser.follow("code-again")
            #expect(browser.step == "identity")
            #expect(browser.words.contains("value=\"Loyez\""))
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            let new = try await world.test.newestCode()
            try await browser.submit([("code", old)])
            #expect(browser.words.contains("Le code saisi est incorrect."))
            try await browser.follow("retry")
            try await browser.submit([("code", new)])
            #expect(browser.step == "children")
        }
    }

    @Test(
        "is sent a minute apart, three times an hour, five a day (SR-53, J-B-15)",
        arguments: Backend.available)
    func sends(_ backend: Backend) async throws {
        try await EnrolmentWorld.run(backend) { world in
            let browser = try await world.atCode()
            try await browser.follow("code-again")
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 1 minute."))
            #expect(browser.words.contains("value=\"Loyez\""))
            for _ in 0..<2 {
                world.test.clock.advance(by: .seconds(61))
                try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
                #expect(browser.step == "sms-code")
                try await browser.follow("code-again")
            }
            world.test.clock.advance(by: .seconds(61))
            try await browser.identify("Loyez", "Patrick", EnrolmentWorld.number)
            #expect(browser.answer?.code == 429)
            #expect(try await world.test.textMessages().count == 3)
        }
    }

    @Test("is void when the directory writes another number, or the record is gone (J §3.10.5)")
    func changed() async throws {
        for isGone in [false, true] {
            try await EnrolmentWorld.run { world in
                let browser = try await world.atCode()
                let code = try await world.test.newestCode()
                if isGone {
                    let link = ChildLink(
                        guardian: world.record.guardian.id, child: world.leane.id,
                        legalLevel: .contact)
                    let other = ChildLink(
                        guardian: world.record.guardian.id, child: world.clemence.id,
                        legalLevel: .contact)
                    try await world.test.store.write {
                        try $0.upsert(link)
                        try $0.upsert(other)
                    }
                } else {
                    try await world.test.setMobile("+33639980019", of: world.record.guardian)
                }
                try await browser.submit([("code", code)])
                #expect(browser.words.contains("plus valable"))
            }
        }
    }

    @Test("signs nobody in, and lets no step be skipped (security history 2.24)")
    func noSkipping() async throws {
        try await EnrolmentWorld.run { world in
            let browser = try await world.atCode()
            let form = try #require(TestForm(browser.text))
            for step in ["children", "new-password", "step-up-code", "consent"] {
                let path = form.action.replacing("/sms-code", with: "/" + step)
                try await browser.open(path)
                #expect(browser.step == "sms-code", "\(step)")
                try await browser.post(
                    path, form.hidden + world.dates + [("password", "Tqbrw7vkz9x")])
                #expect(browser.step == "sms-code", "\(step)")
            }
            #expect(try await world.account()?.state == .notNotified)
        }
    }
}

extension String {
    /// Another code of the same length.
    fileprivate var reversedDigits: String {
        String(map { Character(String(9 - ($0.wholeNumberValue ?? 0))) })
    }
}
