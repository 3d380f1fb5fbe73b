import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Parents
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// The front door for Mme Isabelle DESOIL, whom the school gave a letter today; her children are
/// Cassandre and, older, Alexis.
struct ActivationWorld {
    let signIn: SignInWorld
    let account: Account.ID
    let guardian: Guardian.ID

    static let identifier = "i.desoil"
    static let letter = "BUNZ57DM"
    /// Good in both profiles.
    static let chosen = "kR7vXw2pQ9mZ"
    static let address = "isabelle@example.org"
    static let eldest = "16/05/2012"

    var test: TestDesk { signIn.test }

    static func run(
        _ backend: Backend = .sqlite, policy: Policy = Policy(profile: .educonnect),
        _ body: (ActivationWorld) async throws -> Void
    ) async throws {
        try await SignInWorld.run(
            backend, policy: policy, { $0.clientURI = "https://teleservice.example.org/" }
        ) { world in
            let (account, guardian) = try await world.test.makeNotified()
            try await body(
                ActivationWorld(signIn: world, account: account, guardian: guardian))
        }
    }

    static func twoScreens() -> Policy {
        var policy = Policy(profile: .educonnect)
        policy.screens.activationForm = .twoScreens
        return policy
    }

    /// A browser that typed the letter's password: at C-1.
    func withLetter() async throws -> TestBrowser {
        let browser = signIn.browser()
        try await browser.open(try signIn.request())
        try await browser.signIn(Self.identifier, Self.letter)
        return browser
    }

    /// At C-2.
    func atForm() async throws -> TestBrowser {
        let browser = try await withLetter()
        try await browser.submit([])
        return browser
    }

    /// What is typed into C-2, with some fields replaced.
    func fields(_ changes: [(String, String)] = []) -> [(String, String)] {
        let standard = [
            ("email", Self.address), ("email-confirmation", Self.address),
            ("new-password", Self.chosen), ("new-password-confirmation", Self.chosen),
            ("birth-date", Self.eldest),
        ]
        return standard.map { field in changes.first { $0.0 == field.0 } ?? field }
    }

    /// At C-4, with M-1 on its way.
    func waiting(address: String = Self.address) async throws -> TestBrowser {
        let browser = try await atForm()
        try await browser.submit(
            fields([("email", address), ("email-confirmation", address)]))
        return browser
    }

    func row() async throws -> Account {
        let account = account
        return try #require(try await test.store.read { try $0.account(account) })
    }

    /// Newest first.
    func mails() async throws -> [Mail] {
        try await test.store.read { try $0.outbox(limit: 50) }.compactMap {
            guard case .mail(let mail) = try test.desk.outbox.message(of: $0) else { return nil }
            return mail
        }
    }

    /// The path of the link in the newest activation mail.
    func link() async throws -> String {
        let mail = try #require(
            try await mails().first { $0.subject == AccountMails.activationSubject })
        let link = try #require(mail.text.firstMatch(of: /https:\S+code=\S+/)).output
        #expect(link.hasPrefix(TestDesk.issuer + "/"))
        return String(link.dropFirst(TestDesk.issuer.count))
    }

    func sessions() async throws -> Int {
        let (account, now) = (account, test.clock.now)
        return try await test.store.read { try $0.sessions(of: account, at: now).count }
    }

    func auditKinds() async throws -> [String] {
        let account = account
        return try await test.store.read {
            try $0.auditEvents(of: account, before: nil, limit: 50).map(\.kind.rawValue)
        }
    }

    /// Changes the account as another door of the product would.
    func apply(_ event: AccountEvent) async throws {
        let (id, desk) = (account, test.desk)
        try await test.store.write { writer in
            guard let account = try writer.account(id) else { return }
            let change = try AccountChange(event, of: account, desk.policy, at: desk.now)
            try writer.apply(change.changes, at: desk.now)
        }
    }
}

extension TestDesk {
    func makeNotified() async throws -> (Account.ID, Guardian.ID) {
        let now = clock.now
        let fresh = Account(
            id: desk.makeID(at: now), identifier: ActivationWorld.identifier, createdAt: now,
            updatedAt: now)
        let letter = try #require(
            desk.letterPasswords.kept(ActivationWorld.letter, for: fresh.id, at: now))
        let account = try AccountChange(.notified(letter), of: fresh, desk.policy, at: now).account
        let guardian = Guardian(
            id: desk.makeID(at: now), sourceKey: "i.desoil", account: account.id,
            civility: "Mme", lastName: "DESOIL", firstName: "Isabelle",
            mobilePhone: "+33639980011", emailFromSchool: "i.desoil@example.org", updatedAt: now)
        let children = [("Cassandre", "2015-10-03"), ("Alexis", "2012-05-16")].map { name, date in
            Child(
                id: desk.makeID(at: now), sourceKey: name, lastName: "DESOIL", firstName: name,
                birthDate: date)
        }
        try await store.write { writer in
            try writer.insert(account)
            try writer.upsert(guardian)
            for child in children {
                try writer.upsert(child)
                try writer.upsert(
                    ChildLink(
                        guardian: guardian.id, child: child.id, legalLevel: .representative))
            }
        }
        return (account.id, guardian.id)
    }
}

extension TestBrowser {
    /// The form of the page, posted so many times at once, as tabs do.
    func submitAtOnce(_ count: Int, _ fields: [(String, String)]) async throws -> [String] {
        let form = try #require(
            TestForm.holding(fields.map(\.0), in: answer?.text ?? ""), "the page has no form")
        let (door, body) = (door, Array(Form.encode(form.hidden + fields).utf8))
        let headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded",
            .cookie: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
        ]
        return try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await door.request(.post, form.action, headers: headers, body: body).text
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Whether the page holds these words, as a reader sees them.
    func shows(_ words: String) -> Bool { self.words.contains(words) }
}
