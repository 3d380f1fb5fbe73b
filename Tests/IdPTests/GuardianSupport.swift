import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

extension TestBrowser {
    /// Sends the form of this id.
    @discardableResult
    func submit(form id: String, _ fields: [(String, String)] = []) async throws -> TestAnswer {
        let page = answer?.text ?? ""
        let part = page.split(separator: "<form ").dropFirst().first {
            $0.prefix { $0 != ">" }.contains("id=\"\(id)\"")
        }
        let text = try #require(part, "no form \(id) on the page")
        let form = try #require(TestForm("<form " + text))
        return try await post(form.action, form.hidden + fields)
    }

    /// What the header calls the person.
    var userName: String? {
        text.firstMatch(of: /<span id="user-name">([^<]*)</).map { String($0.output.1) }
    }
}

extension SignInWorld {
    /// A browser on a page of our own, by its front door.
    func at(
        _ page: OwnPage, _ identifier: String = "v.durant1", _ password: String = password
    )
        async throws -> TestBrowser
    {
        let browser = browser()
        try await browser.open(page.path)
        try await browser.signIn(identifier, password)
        return browser
    }

    func mails() async throws -> [Mail] {
        try await test.store.read { try $0.outbox(limit: 50) }.compactMap { record in
            guard record.kind == .mail,
                case .mail(let mail) = try test.desk.outbox.message(of: record)
            else { return nil }
            return mail
        }
    }

    func account(_ identifier: String) async throws -> Account {
        try #require(try await test.store.read { try $0.account(identifier: identifier) })
    }

    func auditKinds(of account: Account.ID) async throws -> [String] {
        try await test.store.read {
            try $0.auditEvents(of: account, before: nil, limit: 50).map(\.kind.rawValue)
        }
    }
}
