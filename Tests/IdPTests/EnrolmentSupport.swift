import Flow
import FoundationEssentials
import Store
import TestSupport
import Tokens
import Web

@testable import IdP

/// M. Patrick LOYEZ, who has not been given an identifier, with Léane at one school and Clémence at
/// another.
struct EnrolmentWorld {
    let world: SignInWorld
    let upstream: StubUpstream
    let record: SampleRecord
    let leane: Child
    let clemence: Child

    var test: TestDesk { world.test }

    static let number = "06 39 98 00 10"
    static let password = "Tqbrw7vkz9x"

    static func run(
        _ backend: Backend = .sqlite, profile: Policy.Profile = .educonnect,
        policy: Policy? = nil, _ edit: (inout Account, inout Guardian) -> Void = { _, _ in },
        _ body: (EnrolmentWorld) async throws -> Void
    ) async throws {
        let upstream = StubUpstream()
        upstream.person = .init(
            subject: "patrick", familyName: "LOYEZ", givenNames: ["Patrick", "Jean"])
        try await SignInWorld.run(
            backend, policy: policy ?? Policy(profile: profile), upstreams: [upstream.upstream()]
        ) { world in
            let record = try await world.test.makeRecord { edit(&$0, &$1) }
            let leane = try await world.test.makePupil(
                "Léane", born: "2012-10-29", at: .victorHugo, of: [record])
            let clemence = try await world.test.makePupil(
                "Clémence", born: "2017-03-02", of: [record])
            try await body(
                EnrolmentWorld(
                    world: world, upstream: upstream, record: record, leane: leane,
                    clemence: clemence))
        }
    }

    /// The right date of each child, as a date field sends it.
    var dates: [(String, String)] {
        [leane, clemence].map { (ChildrenEntry.field($0.id), $0.birthDate) }
    }

    /// A browser at B-1.
    func atIdentity(from network: String = "192.0.2.1") async throws -> TestBrowser {
        let browser = world.browser()
        browser.address = network
        try await browser.open(try world.request())
        try await browser.follow("no-account")
        return browser
    }

    /// A browser at B-2, or at whatever B-1 answers.
    func atCode(
        _ lastName: String = "Loyez", _ firstName: String = "Patrick",
        _ number: String = number
    ) async throws -> TestBrowser {
        let browser = try await atIdentity()
        try await browser.identify(lastName, firstName, number)
        return browser
    }

    /// A browser at B-3.
    func atChildren() async throws -> TestBrowser {
        let browser = try await atCode()
        try await browser.submit([("code", try await test.newestCode())])
        return browser
    }

    /// A browser at B-4.
    func atPassword() async throws -> TestBrowser {
        let browser = try await atChildren()
        try await browser.submit(dates)
        return browser
    }

    /// A browser at A-4.
    func atMobileNumber() async throws -> TestBrowser {
        let browser = world.browser()
        try await browser.open(try world.request())
        try await browser.comeBack(try await browser.startAtUpstream())
        return browser
    }

    /// A browser at A-5.
    func atCodeByUpstream() async throws -> TestBrowser {
        let browser = try await atMobileNumber()
        try await browser.submit([("mobile-number", Self.number)])
        return browser
    }

    /// A browser at A-6.
    func atChildrenByUpstream() async throws -> TestBrowser {
        let browser = try await atCodeByUpstream()
        try await browser.submit([("code", try await test.newestCode())])
        return browser
    }

    func account() async throws -> Account? { try await test.account("p.loyez") }

    func events(_ kind: String) async throws -> [AuditEvent] {
        try await test.store.read { try $0.auditEvents(of: nil, before: nil, limit: 99) }
            .filter { $0.kind.rawValue == kind }
    }
}

extension TestBrowser {
    @discardableResult
    func identify(
        _ lastName: String, _ firstName: String, _ number: String
    ) async throws -> TestAnswer {
        try await submit([
            ("last-name", lastName), ("first-name", firstName), ("mobile-number", number),
        ])
    }

    func choose(_ password: String, _ confirmation: String? = nil) async throws {
        try await submit([("password", password), ("confirmation", confirmation ?? password)])
    }

    var text: String { answer?.text ?? "" }
    /// The page's text as a reader has it: typographic blanks are blanks.
    var words: String {
        text.replacing("&#39;", with: "'").replacing("&quot;", with: "\"")
            .replacing("\u{A0}", with: " ")
    }
    /// The address of the screen as it is first shown.
    var screen: String { path.split(separator: "?").first.map(String.init) ?? "" }
    var step: String {
        path.split(separator: "?")[0].split(separator: "/").last.map(String.init) ?? ""
    }

    /// Follows a link of the page.
    func follow(_ link: String) async throws {
        let tag = text.matches(of: /<a [^>]*>/).map { String($0.output) }
            .first { $0.contains("id=\"\(link)\"") }
        let href = tag?.firstMatch(of: /href="([^"]*)"/).map { String($0.output.1) } ?? "/nowhere"
        try await open(href.replacing("&amp;", with: "&"))
    }
}
