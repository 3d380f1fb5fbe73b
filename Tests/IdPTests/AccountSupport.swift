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

// What the tests of the account's pages do as Mme Valéry DURANT.
extension SignInWorld {
    static let address = "valery.durant@example.org"
    static let newAddress = "valery1.durant@example.com"

    /// A browser on a page of our own, by a provider that vouches for her.
    func atByFranceConnect(_ page: OwnPage, _ stub: StubUpstream) async throws -> TestBrowser {
        let (id, now) = (parent.account.id, test.clock.now)
        try await test.store.write {
            try $0.link(
                UpstreamLink(
                    issuer: StubUpstream.issuer, subject: stub.person.subject, account: id,
                    createdAt: now))
        }
        let browser = browser()
        try await browser.open(page.path)
        try await browser.comeBack(try await browser.startAtUpstream())
        return browser
    }

    func row() async throws -> Account {
        let id = parent.account.id
        return try #require(try await test.store.read { try $0.account(id) })
    }

    func sessions() async throws -> [Session] {
        let (id, now) = (parent.account.id, test.clock.now)
        return try await test.store.read { try $0.sessions(of: id, at: now) }
    }

    /// Newest first.
    func auditKinds() async throws -> [String] {
        let id = parent.account.id
        return try await test.store.read {
            try $0.auditEvents(of: id, before: nil, limit: 50).map(\.kind.rawValue)
        }
    }

    /// Changes the account as another door of the product would.
    func apply(_ event: AccountEvent) async throws {
        let (id, desk) = (parent.account.id, test.desk)
        try await test.store.write { writer in
            guard let account = try writer.account(id) else { return }
            let change = try AccountChange(event, of: account, desk.policy, at: desk.now)
            try writer.apply(change.changes, at: desk.now)
        }
    }

    /// The account without a confirmed address.
    func forgetAddress() async throws {
        let now = test.clock.now
        var account = try await row()
        account.email = nil
        let changed = account
        try await test.store.write {
            try $0.apply(
                [.replaceAccount(changed, expectedRevision: changed.revision, ends: nil)], at: now)
        }
    }

    /// Closes it, as a regroupement does.
    func close() async throws {
        try await test.makeAccount("v.durant", .active, password: "Parent2026")
        let main = try #require(try await test.account("v.durant"))
        let (absorbed, now) = (try await row(), test.clock.now)
        let merge = AccountMerge(
            id: test.desk.makeID(at: now), main: main.id, mainRevision: main.revision,
            absorbed: absorbed.id, absorbedRevision: absorbed.revision)
        try await test.store.write { try $0.apply([.absorb(merge)], at: now) }
    }

    /// The mails of a change of address, M-4 and M-5, oldest first.
    func addressMails() async throws -> [Mail] {
        try await test.mails().filter {
            $0.subject
                == "Services en ligne de l'éducation nationale - modification de votre adresse mail"
        }
    }

    /// The path of the link in the newest M-5 to this address.
    func addressLink(to address: String = newAddress) async throws -> String {
        let mail = try #require(try await addressMails().last { $0.to.text == address })
        let link = try #require(mail.text.firstMatch(of: /https:\S+code=\S+/)).output
        #expect(link.hasPrefix(TestDesk.issuer + "/"))
        return String(link.dropFirst(TestDesk.issuer.count))
    }

    /// The address of a change, typed into ACC-3.
    func giveAddress(_ address: String = newAddress) async throws -> TestBrowser {
        let browser = try await at(.email)
        try await browser.typeAddress(address)
        return browser
    }
}

extension TestBrowser {
    func typeAddress(_ address: String, again: String? = nil) async throws {
        try await submit([("email", address), ("email-confirmation", again ?? address)])
    }

    func typePassword(_ present: String, _ new: String, again: String? = nil) async throws {
        try await submit([
            ("present-password", present), ("new-password", new),
            ("new-password-confirmation", again ?? new),
        ])
    }

    /// The attribute `href` of the element with this id.
    func link(_ id: String) -> String? {
        let tag = text.matches(of: /<a [^>]*>/).map { String($0.output) }
            .first { $0.contains("id=\"\(id)\"") }
        return tag?.firstMatch(of: /href="([^"]*)"/).map { String($0.output.1) }
    }

    /// The text of the element with this id.
    func text(of id: String) -> String? {
        let parts = words.split(separator: "id=\"\(id)\"", maxSplits: 1)
        guard parts.count == 2, let start = parts[1].firstIndex(of: ">") else { return nil }
        return String(parts[1][start...].dropFirst().prefix { $0 != "<" })
    }

    /// The form that has these fields, posted so many times at once.
    func sendAtOnce(_ count: Int, _ fields: [(String, String)]) async throws -> [Int] {
        let form = try #require(TestForm.holding(fields.map(\.0), in: text))
        let (door, body) = (door, Array(Form.encode(form.hidden + fields).utf8))
        let headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded",
            .cookie: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
        ]
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await door.request(.post, form.action, headers: headers, body: body).code
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
