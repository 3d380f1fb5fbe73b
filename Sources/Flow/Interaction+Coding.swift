import FoundationEssentials
import Store
import Tokens

// An interaction as JSON: what is sealed for the browser and for the row. Only text that this file
// wrote and authenticated encryption brought back is ever read here; anything else is `nil`.

extension Interaction {
    /// Sealed before it leaves the desk; see `init(encoded:revision:)`.
    public func encoded() -> [UInt8] {
        var members: [String: JSON] = [
            "id": .string(id.address),
            "browser": .string(Base64URL.encode(browser.bytes)),
            "facts": .array(facts.map(\.json)),
            "expires": .integer(expiresAt.milliseconds),
        ]
        members["who"] = who.json
        members["upstream"] = upstream.map(\.json)
        members["pending"] = pending.map(\.json)
        members["recovery"] = recovery.map(\.json)
        members["draft"] = draft.map(\.json)
        members["notice"] = notice.map { .string($0.rawValue) }
        members["refused"] = refused.map(\.json)
        members["holder"] = holder.map { .string(Base64URL.encode($0.bytes)) }
        members["session"] = session.map { .string(Base64URL.encode($0.bytes)) }
        switch purpose {
        case .signIn(.client(let request)): members["signIn"] = request.json
        case .signIn(.page(let request)): members["page"] = request.json
        case .link(let request): members["link"] = request.json
        }
        return JSON.object(members).serialized()
    }

    /// Nil for anything that `encoded` did not write.
    public init?(encoded bytes: [UInt8], revision: Int64) {
        guard let json = try? JSON(parsing: bytes),
            let id = json.member("id")?.string.flatMap({ ID(address: $0) }),
            let browser = json.member("browser")?.string.flatMap(Base64URL.decode),
            let browserHash = Digest(bytes: browser),
            case .array(let facts)? = json.member("facts"),
            let expires = json.member("expires")?.integer.flatMap(Date.init(milliseconds:)),
            let purpose = Purpose(json)
        else { return nil }
        let known = facts.compactMap(Fact.init(json:))
        let whole = SealedMembers(json)
        let who = whole.read("who", Who.init(json:))
        let holder = whole.read("holder") { $0.bytes.flatMap(Digest.init(bytes:)) }
        let upstream = whole.read("upstream", UpstreamSignIn.init(json:))
        let pending = whole.read("pending", Pending.init(json:))
        let recovery = whole.read("recovery", Recovery.init(json:))
        let draft = whole.read("draft", Draft.init(json:))
        let notice = whole.read("notice") { $0.string.flatMap(Notice.init(rawValue:)) }
        let refused = whole.read("refused", RefusedForm.init(json:))
        let session = whole.read("session") { $0.bytes.flatMap(Session.ID.init(bytes:)) }
        // Facts are never kept without whom they are about, or without who may see them.
        guard known.count == facts.count, whole.areRead else { return nil }
        self.init(
            id: id, browser: browserHash, purpose: purpose, who: who ?? .unknown,
            facts: known, upstream: upstream, pending: pending, recovery: recovery, draft: draft,
            notice: notice, refused: refused, holder: holder, session: session,
            revision: revision, expiresAt: expires)
    }
}

extension Interaction.Purpose {
    fileprivate init?(_ json: JSON) {
        if let request = json.member("signIn").flatMap(AuthorizationRequest.init(json:)) {
            self = .signIn(.client(request))
        } else if let request = json.member("page").flatMap(PageRequest.init(json:)) {
            self = .signIn(.page(request))
        } else if let request = json.member("link").flatMap(PageRequest.init(json:)) {
            self = .link(request)
        } else {
            return nil
        }
    }
}

extension PageRequest {
    fileprivate var json: JSON {
        var members: [String: JSON] = [
            "page": .string(page.rawValue), "at": .integer(validatedAt.milliseconds),
        ]
        members["since"] = authenticatedSince.map { .integer($0.milliseconds) }
        members["login"] = loginHint.map { .string($0) }
        return .object(members)
    }

    fileprivate init?(json: JSON) {
        guard let page = json.member("page")?.string.flatMap(OwnPage.init(rawValue:)),
            let validatedAt = json.member("at")?.integer.flatMap(Date.init(milliseconds:))
        else { return nil }
        let whole = SealedMembers(json)
        let since = whole.read("since") { $0.integer.flatMap(Date.init(milliseconds:)) }
        let hint = whole.text("login")
        guard whole.areRead else { return nil }
        self.init(page, authenticatedSince: since, loginHint: hint, validatedAt: validatedAt)
    }
}

extension Fact {
    /// The facts that a session keeps for the next teleservice: what was proved. What was decided
    /// was decided for one client and is kept as a consent.
    public static func keptBySession(_ facts: [Fact]) -> [UInt8] {
        let proofs = facts.filter { if case .proved = $0 { true } else { false } }
        return JSON.array(proofs.map(\.json)).serialized()
    }

    /// The facts of a session, as `keptBySession` wrote them; none when they can't be read.
    public static func ofSession(_ bytes: [UInt8]) -> [Fact] {
        guard case .array(let facts)? = try? JSON(parsing: bytes) else { return [] }
        return facts.compactMap(Fact.init(json:))
    }
}

extension AuthorizationRequest {
    var json: JSON {
        var members: [String: JSON] = [
            "client": .string(clientID),
            "uri": .string(target.uri.text),
            "mode": .string(target.mode.rawValue),
            "scope": .string(scope.text),
            "prompt": .array(prompt.map { .string($0.rawValue) }),
            "at": .integer(validatedAt.milliseconds),
        ]
        members["state"] = target.state.map { .string($0) }
        members["nonce"] = nonce.map { .string($0) }
        members["challenge"] = codeChallenge.map { .string($0) }
        members["since"] = authenticatedSince.map { .integer($0.milliseconds) }
        members["subject"] = hintedSubject.map { .string($0) }
        members["login"] = loginHint.map { .string($0) }
        if !acrValues.isEmpty { members["acr"] = .array(acrValues.map { .string($0.rawValue) }) }
        return .object(members)
    }

    init?(json: JSON) {
        guard let client = json.member("client")?.string,
            let uri = json.member("uri")?.string.flatMap({ try? URIReference($0) }),
            let mode = json.member("mode")?.string.flatMap(ResponseMode.init(rawValue:)),
            let scope = json.member("scope")?.string.flatMap({ Scope($0) }),
            let prompts = try? json.stringArray("prompt"),
            let validatedAt = json.member("at")?.integer.flatMap(Date.init(milliseconds:))
        else { return nil }
        self.init(
            clientID: client,
            target: RedirectTarget(uri: uri, state: json.member("state")?.string, mode: mode),
            scope: scope, nonce: json.member("nonce")?.string,
            codeChallenge: json.member("challenge")?.string,
            prompt: Set(prompts.compactMap(Prompt.init(rawValue:))),
            authenticatedSince: json.member("since")?.integer.flatMap(Date.init(milliseconds:)),
            hintedSubject: json.member("subject")?.string,
            loginHint: json.member("login")?.string,
            acrValues: ((try? json.stringArray("acr")) ?? []).compactMap(
                AuthenticationContext.init(rawValue:)),
            validatedAt: validatedAt)
    }
}

extension Date {
    /// Milliseconds since 1970: what `max_age=1` needs to be told apart from "now".
    /// To the nearest, since hardly any is a binary fraction of a second: rounded down, what was read
    /// would be written one less.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    /// Nil after the year 9999, and as long before 1970: further off, no date is exact.
    init?(milliseconds: Int64) {
        let last: Int64 = 253_402_300_799_999
        guard (-last...last).contains(milliseconds) else { return nil }
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
