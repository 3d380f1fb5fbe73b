import Federation
import FoundationEssentials
import Synchronization
import TestSupport
import Tokens

@testable import IdP

/// A provider in memory: it vouches for whom the test names, and fails when told to. What the real
/// ones check of a response has tests of its own.
final class StubUpstream: UpstreamProvider {
    static let issuer = "https://fc.example.org/api/v2"

    struct Person: Sendable {
        var subject: String
        var familyName: String
        var givenNames: [String]
        var acr: String? = "eidas1"
        var email = "somebody@example.org"
    }

    private struct Settings: Sendable {
        var person = Person(subject: "subject", familyName: "DURANT", givenNames: ["Valéry"])
        var failure: FederationError?
        var isAvailable = true
        var endsSessions = true
        var finished = 0
    }

    private let settings = Mutex(Settings())

    var person: Person {
        get { settings.withLock { $0.person } }
        set { settings.withLock { $0.person = newValue } }
    }
    /// Thrown by each call instead of an answer.
    var failure: FederationError? {
        get { settings.withLock { $0.failure } }
        set { settings.withLock { $0.failure = newValue } }
    }
    var isUp: Bool {
        get { settings.withLock { $0.isAvailable } }
        set { settings.withLock { $0.isAvailable = newValue } }
    }
    /// Whether it offers a page that ends its sessions.
    var endsSessions: Bool {
        get { settings.withLock { $0.endsSessions } }
        set { settings.withLock { $0.endsSessions = newValue } }
    }
    /// How many responses were redeemed.
    var finished: Int { settings.withLock { $0.finished } }

    func upstream(
        id: String = "franceconnect", name: String = "FranceConnect", isEnabled: Bool = true
    ) -> Upstream {
        Upstream(
            id: id, displayName: name, issuer: Self.issuer, provider: self, acrValues: ["eidas1"],
            isFranceConnect: true, moreInformation: "https://franceconnect.gouv.fr",
            isEnabled: isEnabled)
    }

    func start(
        _ wish: SignInWish, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn {
        if let failure { throw failure }
        let state = wish.statePrefix + "." + Base64URL.encode(random(32))
        let json: JSON = [
            "iss": .string(Self.issuer), "state": .string(state), "nonce": "nonce",
            "exp": .integer(Int64(now.timeIntervalSince1970) + 1800),
        ]
        guard let pending = try? PendingSignIn(json) else { throw .signing }
        return StartedSignIn(
            url: Self.issuer + "/authorize?" + Form.encode([("state", state)]), pending: pending)
    }

    func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity {
        settings.withLock { $0.finished += 1 }
        if let failure { throw failure }
        if let error = response["error"] { throw .refused(code: error, description: "") }
        let person = person
        let claims: JSON = [
            "sub": .string(person.subject), "family_name": .string(person.familyName),
            "given_name": .string(person.givenNames.joined(separator: " ")),
            "given_name_array": .array(person.givenNames.map { .string($0) }),
            "email": .string(person.email),
        ]
        guard let members = try? claims.members() else { throw .signing }
        return FederatedIdentity(
            issuer: Self.issuer, subject: person.subject, acr: person.acr, claims: members,
            idToken: Secret("id token of \(person.subject)"), wish: pending.wish)
    }

    func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String? {
        if let failure { throw failure }
        guard endsSessions, let idToken else { return nil }
        let query = [("id_token_hint", idToken.text)] + (state.map { [("state", $0)] } ?? [])
        return Self.issuer + "/session/end?" + Form.encode(query)
    }

    func isAvailable(at now: Date) -> Bool { isUp }
}

extension TestBrowser {
    /// « S'identifier avec FranceConnect » on the page that is open; gives the `state` sent along.
    @discardableResult
    func startAtUpstream() async throws -> String {
        let page = answer?.text ?? ""
        let forms = TestForm.all(page)
        guard let form = forms.first(where: { $0.action.contains("/upstream") }) else { return "" }
        try await post(form.action, form.hidden)
        let target = TestForm.refreshTarget(answer?.text ?? "") ?? ""
        let query = target.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        return (try? Form(parsing: query))?["state"] ?? ""
    }

    /// The provider sends the browser back.
    @discardableResult
    func comeBack(
        _ state: String, _ response: [(String, String)] = [("code", "c")],
        to path: String = "/franceconnect/retour"
    ) async throws -> TestAnswer {
        try await open(path + "?" + Form.encode([("state", state)] + response))
    }
}
