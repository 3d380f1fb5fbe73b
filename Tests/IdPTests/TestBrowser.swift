import FoundationEssentials
import HTTPTypes
import TestSupport
import Testing
import Tokens

@testable import IdP

/// A browser that knows the provider only by its pages: it keeps cookies, follows redirects inside
/// the provider, and sends forms with the fields that it was shown.
final class TestBrowser: @unchecked Sendable {
    // Confinement: each test drives a browser from one task at a time.
    let door: TestDoor
    private(set) var cookies: [String: String] = [:]
    /// The last page, or the answer that leads away from the provider.
    private(set) var answer: TestAnswer?
    /// Where the last answer stands.
    private(set) var path = ""
    var address = "192.0.2.1"
    /// Its `User-Agent`.
    var agent: String?

    init(_ door: TestDoor) {
        self.door = door
    }

    @discardableResult
    func open(_ path: String) async throws -> TestAnswer {
        try await follow(try await ask(.get, path), at: path)
    }

    /// Sends the form of the page with some of its fields filled in.
    @discardableResult
    func submit(_ fields: [(String, String)], headers: HTTPFields = [:]) async throws -> TestAnswer
    {
        let form = try #require(TestForm.holding(fields.map(\.0), in: answer?.text ?? ""))
        return try await post(form.action, form.hidden + fields, headers: headers)
    }

    @discardableResult
    func post(
        _ path: String, _ fields: [(String, String)], headers: HTTPFields = [:]
    ) async throws -> TestAnswer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = Array(Form.encode(fields).utf8)
        return try await follow(try await ask(.post, path, headers, body), at: path)
    }

    @discardableResult
    func signIn(
        _ identifier: String = "v.durant1", _ password: String = "Parent2026"
    ) async throws -> TestAnswer {
        try await submit([("identifier", identifier), ("password", password)])
    }

    /// One form, without following where it leads: what a second tab does.
    func send(_ path: String, _ fields: [(String, String)]) async throws -> TestAnswer {
        try await ask(
            .post, path, [.contentType: "application/x-www-form-urlencoded"],
            Array(Form.encode(fields).utf8))
    }

    /// The query of the client's redirect URI, once the browser was sent back there: by a redirect,
    /// or by the page that follows a form.
    var callback: [String: String]? {
        guard let answer else { return nil }
        let location = answer.headers[.location] ?? TestForm.refreshTarget(answer.text)
        guard let location, location.hasPrefix("https://teleservice.example.org/"),
            let query = location.split(separator: "?", maxSplits: 1).dropFirst().first,
            let form = try? Form(parsing: String(query))
        else { return nil }
        return Dictionary(form.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Whether the answer to a form says that something in it is wrong.
    var isRefused: Bool {
        let isAnswer = path.contains("?erreur=") ? answer?.code == 200 : answer?.code == 422
        return isAnswer && text.contains("<title>Erreur – ")
    }
    /// Opens an address and stays where it is.
    func peek(_ path: String) async throws -> TestAnswer { try await ask(.get, path) }

    /// Two tabs of one browser: each holds what the other was given.
    func share(with other: TestBrowser) {
        cookies.merge(other.cookies) { mine, _ in mine }
        other.cookies = cookies
    }

    func plant(_ name: String, _ value: String?) { cookies[name] = value }

    func copyCookies(of other: TestBrowser) { cookies = other.cookies }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, _ extra: HTTPFields = [:],
        _ body: [UInt8] = []
    ) async throws -> TestAnswer {
        var headers = extra
        headers[.userAgent] = agent
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        let answer = try await door.request(
            method, path, headers: headers, body: body, from: address)
        for field in answer.headers[values: .setCookie] { keep(field) }
        return answer
    }

    private func follow(_ first: TestAnswer, at start: String) async throws -> TestAnswer {
        var (answer, path) = (first, start)
        for _ in 0..<8 {
            guard let location = answer.headers[.location], location.hasPrefix(TestDesk.issuer)
            else { break }
            path = String(location.dropFirst(TestDesk.issuer.count))
            answer = try await ask(.get, path)
        }
        self.answer = answer
        self.path = path
        return answer
    }

    private func keep(_ field: String) {
        let parts = field.split(separator: ";").map { $0.drop { $0 == " " } }
        guard
            let pair = parts.first?.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
            let name = pair.first, let value = pair.dropFirst().first
        else { return }
        cookies[String(name)] = parts.contains("Max-Age=0") ? nil : String(value)
    }
}

/// A form of a page, read as text: our own pages have one shape.
struct TestForm {
    let action: String
    let hidden: [(String, String)]
    private let text: String

    init?(_ page: String) {
        guard let action = page.firstMatch(of: /<form action="([^"]*)"/)?.output.1 else {
            return nil
        }
        self.action = String(action).unescaped
        text = page
        hidden = (page.split(separator: "</form>").first ?? "").matches(
            of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/
        ).map {
            (String($0.output.1).unescaped, String($0.output.2).unescaped)
        }
    }

    /// The form that has one of these fields, or buttons; else the first.
    static func holding(_ fields: [String], in page: String) -> TestForm? {
        let forms = all(page)
        return forms.first { form in
            fields.contains { form.text.contains("name=\"\($0)\"") }
        } ?? forms.first
    }

    /// Every form of a page, first to last.
    static func all(_ page: String) -> [TestForm] {
        page.split(separator: "<form ").dropFirst().compactMap { TestForm("<form " + $0) }
    }

    static func refreshTarget(_ page: String) -> String? {
        page.firstMatch(of: /<meta http-equiv="refresh" content="0; url=([^"]*)">/)
            .map { String($0.output.1).unescaped }
    }
}

extension String {
    fileprivate var unescaped: String {
        replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
}
