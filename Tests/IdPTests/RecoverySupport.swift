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

/// The front door for parents who lost something. Mme Valéry DURANT has all that self-help can use: an
/// active account, a confirmed address, a number that the directory gives to nobody else.
struct RecoveryWorld {
    let world: SignInWorld
    let upstream: StubUpstream

    static let identifier = "v.durant1"
    static let address = "valery.durant@example.org"
    static let number = "06 39 98 00 01"
    /// Good in both profiles.
    static let chosen = "kR7vXw2pQ9mZ"
    static let teleservice = "https://teleservice.example.org/"

    var test: TestDesk { world.test }
    var clock: TestClock { test.clock }

    static func run(
        _ backend: Backend = .sqlite, profile: Policy.Profile = .educonnect,
        policy: Policy? = nil, _ body: (RecoveryWorld) async throws -> Void
    ) async throws {
        let upstream = StubUpstream()
        try await SignInWorld.run(
            backend, policy: policy ?? Policy(profile: profile), upstreams: [upstream.upstream()],
            { $0.clientURI = teleservice }
        ) { try await body(RecoveryWorld(world: $0, upstream: upstream)) }
    }

    /// What is typed into PWD-3, with some fields replaced.
    static func fields(_ changes: [(String, String)] = []) -> [(String, String)] {
        let standard = [
            ("identifier", identifier), ("new-password", chosen),
            ("new-password-confirmation", chosen),
        ]
        return standard.map { field in changes.first { $0.0 == field.0 } ?? field }
    }

    /// A browser at ID-1 or PWD-1, by the links of SIGN-1.
    func at(_ link: String, from network: String = "192.0.2.1") async throws -> TestBrowser {
        let browser = world.browser()
        browser.address = network
        try await browser.open(try world.request())
        try await browser.follow(link)
        return browser
    }

    /// A browser that has posted ID-1.
    func remind(
        _ address: String = address, from network: String = "192.0.2.1"
    ) async throws -> TestBrowser {
        let browser = try await at("forgotten-identifier", from: network)
        try await browser.submit([("email", address)])
        return browser
    }

    func remindBySMS(_ number: String = number) async throws -> TestBrowser {
        let browser = try await at("forgotten-identifier")
        try await browser.submit([("mobile-number", number)])
        return browser
    }

    /// A browser that has posted PWD-1.
    func lose(
        _ identifier: String = identifier, by channel: String = "mail",
        from network: String = "192.0.2.1"
    ) async throws -> TestBrowser {
        let browser = try await at("lost-password", from: network)
        try await browser.submit([("identifier", identifier), ("channel", channel)])
        return browser
    }

    /// A browser at PWD-3 after a code.
    func atCodeProved() async throws -> TestBrowser {
        let browser = try await lose(by: "sms")
        try await browser.submit([("code", try await test.newestCode())])
        return browser
    }

    /// The path of the link in the newest mail M-3.
    func link() async throws -> String {
        let mail = try #require(
            try await test.mails().last { $0.subject.contains("réinitialisation") })
        let link = try #require(mail.text.firstMatch(of: /https:\S+code=\S+/)).output
        #expect(link.hasPrefix(TestDesk.issuer + "/"))
        return String(link.dropFirst(TestDesk.issuer.count))
    }

    /// Another account with its record in the directory, in this state from the start.
    @discardableResult
    func person(
        _ identifier: String, _ state: AccountState = .active, email: String? = nil,
        mobile: String? = nil, lastName: String = "LOYEZ", firstName: String = "Patrick",
        _ edit: (inout Account) -> Void = { _ in }
    ) async throws -> SampleRecord {
        try await test.makeRecord(
            identifier, firstName: firstName, lastName: lastName, mobile: mobile
        ) { account, _ in
            account.state = state
            account.email = email
            if state == .closed { account.closedAt = account.createdAt }
            edit(&account)
        }
    }

    func row(_ identifier: String = identifier) async throws -> Account {
        try #require(try await test.account(identifier))
    }

    func sessions() async throws -> Int {
        let (account, now) = (world.parent.account.id, clock.now)
        return try await test.store.read { try $0.sessions(of: account, at: now).count }
    }

    /// Newest first.
    func events(of account: Account.ID? = nil) async throws -> [AuditEvent] {
        try await test.store.read { try $0.auditEvents(of: account, before: nil, limit: 99) }
    }

    /// Deletes what has expired.
    func sweep() async throws {
        let (now, kept) = (clock.now, test.desk.policy.lifetimes.auditEvent)
        try await test.store.write {
            _ = try $0.sweep(
                limit: 999, auditRetention: TimeInterval(kept.wholeSeconds), at: now)
        }
    }

    /// Changes the account as another door of the product would.
    func apply(_ event: AccountEvent, to identifier: String = identifier) async throws {
        let desk = test.desk
        try await test.store.write { writer in
            guard let account = try writer.account(identifier: identifier) else { return }
            let change = try AccountChange(event, of: account, desk.policy, at: desk.now)
            try writer.apply(change.changes, at: desk.now)
        }
    }
}

extension TestBrowser {
    /// Presses « ANNULER », or a « VALIDER » or « RETOUR » that leads to SIGN-1.
    func goBack() async throws {
        let button = "name=\"\(StepField.action)\" value=\"\(StepField.restart)\""
        #expect(text.contains(button), "no such button on \(path)")
        try await submit([(StepField.action, StepField.restart)])
    }
}
