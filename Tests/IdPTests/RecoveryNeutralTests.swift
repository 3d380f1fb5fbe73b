import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// The `modern` profile: what is shown, asked of the store and written is alike for everybody
/// (security.md 4.2, 4.3; SR-46; security history 2.35, 2.36).
@Suite("Self-help where every answer is alike")
struct RecoveryNeutralTests {
    /// What a stranger sees: all but what differs from flow to flow, and what was typed.
    private func seen(_ browser: TestBrowser, _ typed: String) -> String {
        browser.text.replacing(/value="[^"]{30,}"/, with: "").replacing(
            /\/authorize\/[\w-]{22}/, with: ""
        ).replacing(/r=[\w-]+/, with: "").replacing(typed, with: "").replacing(
            /\d{15}/, with: "")
    }

    /// What a form leaves in the store.
    private struct Written: Equatable {
        let messages: Int
        let events: Int
    }

    private func written(_ world: RecoveryWorld) async throws -> Written {
        try await world.test.store.read { reader in
            Written(
                messages: try reader.outbox(limit: 999).count,
                events: try reader.auditEvents(of: nil, before: nil, limit: 999).count)
        }
    }

    /// Accounts in every situation that self-help tells apart elsewhere.
    private func people(_ world: RecoveryWorld) async throws -> [String] {
        try await world.person("a.activating", .activating, mobile: "+33639980021") {
            $0.pendingEmail = "activating@example.org"
        }
        try await world.person(
            "a.closed", .closed, email: "closed@example.org", mobile: "+33639980022")
        try await world.person("a.bare")
        for name in ["a.shared", "a.sharing"] {
            try await world.person(name, mobile: "+33639980023", lastName: name)
        }
        return ["v.durant1", "a.activating", "a.closed", "a.bare", "a.shared", "nobody"]
    }

    @Test(
        "goes on to PWD-2, or to the code, whoever was typed; only who can be reached is written to (J-X-04, J-X-07, J-X-16)",
        arguments: ["mail", "sms"], Backend.available)
    func lostPassword(_ channel: String, _ backend: Backend) async throws {
        try await RecoveryWorld.run(backend, profile: .modern) { world in
            var pages: Set<String> = []
            var writes: Set<String> = []
            for name in try await people(world) {
                let browser = try await world.at("lost-password")
                let before = try await written(world)
                try await browser.submit([("identifier", name), ("channel", channel)])
                #expect(
                    browser.step == (channel == "mail" ? "reset-sent" : "reset-code"), "\(name)")
                pages.insert(seen(browser, name))
                let after = try await written(world)
                writes.insert("\(after.messages - before.messages) \(after.events - before.events)")
            }
            #expect(pages.count == 1)
            #expect(writes == ["1 1"])
            let page = try #require(pages.first)
            #expect(
                page.contains(channel == "mail" ? "Si cet identifiant est" : "Si les informations"))
            let (mails, texts) = (
                try await world.test.mails().map(\.to.text),
                try await world.test.textMessages().map(\.number.text)
            )
            #expect(mails == (channel == "mail" ? [RecoveryWorld.address] : []))
            #expect(texts == (channel == "sms" ? ["+33639980001"] : []))
        }
    }

    @Test("takes no link and no code for nobody (SR-49)", arguments: Backend.available)
    func nobody(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend, profile: .modern) { world in
            let (known, unknown) = (
                try await world.lose(by: "sms"), try await world.lose("nobody", by: "sms")
            )
            for number in 1...6 {
                for browser in [known, unknown] { try await browser.submit([("code", "12345")]) }
                #expect(seen(known, "") == seen(unknown, ""))
                #expect(known.answer?.code == unknown.answer?.code)
                #expect(known.answer?.code == (number <= 5 ? 200 : 429))
                for browser in [known, unknown] { try await browser.open(browser.screen) }
            }
            #expect(unknown.step == "reset-code")
        }
    }

    @Test(
        "goes on to ID-2 whatever was typed; an address that is attached to nobody learns that itself, once a day (J-I-03, J-I-05, J-I-08)",
        arguments: Backend.available)
    func forgottenIdentifier(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend, profile: .modern) { world in
            _ = try await people(world)
            var pages: Set<String> = []
            var writes: Set<String> = []
            let typed = [
                RecoveryWorld.address, "activating@example.org", "closed@example.org",
                "nobody@example.org",
            ]
            for address in typed {
                let browser = try await world.at("forgotten-identifier")
                let before = try await written(world)
                try await browser.submit([("email", address)])
                #expect(browser.step == "identifier-sent")
                #expect(browser.shows(address), "what was typed, and nothing else")
                pages.insert(seen(browser, address))
                let after = try await written(world)
                writes.insert("\(after.messages - before.messages) \(after.events - before.events)")
            }
            #expect(pages.count == 1 && pages.first?.contains("Si un compte activé") == true)
            #expect(writes == ["1 1"])
            let mails = try await world.test.mails()
            #expect(Set(mails.map(\.to.text)) == Set(typed))
            for mail in mails where mail.to.text != RecoveryWorld.address {
                #expect(mail.text.contains("Aucun compte activé ne l'a confirmée."))
                #expect(!mail.text.contains("code="))
            }
            // Asked for again an hour later, and the next day.
            func toNobody() async throws -> Int {
                try await world.test.mails().count { $0.to.text.hasPrefix("nobody@") }
            }
            world.clock.advance(by: .seconds(3601))
            #expect(try await world.remind("Nobody@example.org").step == "identifier-sent")
            #expect(try await toNobody() == 1)
            world.clock.advance(by: .seconds(86_400))
            try await world.sweep()
            #expect(try await toNobody() == 0)
            #expect(try await world.remind("nobody@example.org").step == "identifier-sent")
            #expect(try await toNobody() == 1)
        }
    }

    @Test("reminds by SMS in the same way (J-I-10)", arguments: Backend.available)
    func bySMS(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend, profile: .modern) { world in
            _ = try await people(world)
            var pages: Set<String> = []
            var writes: Set<String> = []
            for number in ["06 39 98 00 01", "06 39 98 00 21", "06 39 98 00 22", "06 39 98 00 90"] {
                let browser = try await world.at("forgotten-identifier")
                let before = try await written(world)
                try await browser.submit([("mobile-number", number)])
                #expect(browser.step == "identifier-sent")
                pages.insert(seen(browser, number))
                let after = try await written(world)
                writes.insert("\(after.messages - before.messages) \(after.events - before.events)")
            }
            #expect(pages.count == 1 && writes == ["1 1"])
            #expect(try await world.test.textMessages().map(\.number.text) == ["+33639980001"])
        }
    }

    @Test("never carries what stands for nobody", arguments: Backend.available)
    func uncarried(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend, profile: .modern) { world in
            _ = try await world.lose("nobody")
            _ = try await world.lose("nobody", by: "sms", from: "192.0.2.2")
            _ = try await world.remindBySMS("06 39 98 00 90")
            let (start, clock) = (world.clock.now, world.clock)
            for seconds in [0, 1, 3600] {
                let now = start + .seconds(seconds)
                for kind in OutboxKind.allCases {
                    let due = try await world.test.store.read {
                        try $0.due(kind, limit: 1, at: now)
                    }
                    #expect(due.isEmpty)
                }
            }
            clock.advance(by: .seconds(2))
            try await world.sweep()
            #expect(try await world.test.store.read { try $0.outbox(limit: 9).isEmpty })
        }
    }

    @Test("counts alike for everybody (SR-45, SR-46)")
    func counted() async throws {
        try await RecoveryWorld.run(profile: .modern) { world in
            for name in ["v.durant1", "nobody"] {
                for channel in ["mail", "sms"] {
                    let codes = [
                        try await world.lose(name, by: channel).answer?.code,
                        try await world.lose(name, by: channel).answer?.code,
                    ]
                    #expect(codes == [200, 429], "a minute apart")
                    world.clock.advance(by: .seconds(3601))
                }
            }
            for address in [RecoveryWorld.address, "nobody@example.org"] {
                let codes = [
                    try await world.remind(address).answer?.code,
                    try await world.remind(address).answer?.code,
                ]
                #expect(codes == [200, 429])
            }
        }
    }
}
