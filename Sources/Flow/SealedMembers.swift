import FoundationEssentials
import Store
import Tokens

// The parts of a sealed interaction as JSON; see `Interaction+Coding.swift`.

/// Reads optional members of an object that only we have sealed: a member that is there and can't be
/// read makes the whole unreadable, rather than being taken for absent.
final class SealedMembers {
    private let json: JSON
    /// Whether every member that was there could be read.
    private(set) var areRead = true

    init(_ json: JSON) { self.json = json }

    func read<Value>(_ name: String, _ make: (JSON) -> Value?) -> Value? {
        guard let member = json.member(name) else { return nil }
        let value = make(member)
        if value == nil { areRead = false }
        return value
    }

    func text(_ name: String) -> String? { read(name) { $0.string } }
}

extension JSON {
    /// The bytes of a string in base64url.
    var bytes: [UInt8]? { string.flatMap(Base64URL.decode) }

    static func bytes(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }
}

extension ProvedAccount {
    var json: JSON { ["id": .bytes(id.bytes), "epoch": .integer(epoch)] }

    init?(json: JSON) {
        guard let id = json.member("id")?.bytes.flatMap(Account.ID.init(bytes:)),
            let epoch = json.member("epoch")?.integer
        else { return nil }
        self.init(id: id, epoch: epoch)
    }
}

extension Who {
    /// Nil, and no member, for `.unknown`.
    var json: JSON? {
        switch self {
        case .unknown: nil
        case .candidates(let guardians):
            ["candidates": .array(guardians.map { .bytes($0.bytes) })]
        case .account(let account): ["account": account.json]
        }
    }

    init?(json: JSON) {
        if let account = json.member("account").flatMap(ProvedAccount.init(json:)) {
            self = .account(account)
            return
        }
        guard case .array(let elements)? = json.member("candidates") else { return nil }
        let guardians = elements.compactMap { $0.bytes.flatMap(Guardian.ID.init(bytes:)) }
        guard guardians.count == elements.count else { return nil }
        self = .candidates(guardians)
    }
}

extension Pending {
    var json: JSON {
        switch self {
        case .upstream(let provider, let request):
            ["provider": .string(provider), "request": .string(request)]
        case .code(let id): ["code": .bytes(id.bytes)]
        case .mail(let id): ["mail": .bytes(id.bytes)]
        }
    }

    init?(json: JSON) {
        if let provider = json.member("provider")?.string {
            guard let request = json.member("request")?.string else { return nil }
            self = .upstream(provider: provider, request: request)
        } else if let id = json.member("code")?.bytes.flatMap(SMSChallenge.ID.init(bytes:)) {
            self = .code(id)
        } else if let id = json.member("mail")?.bytes.flatMap(MailToken.ID.init(bytes:)) {
            self = .mail(id)
        } else {
            return nil
        }
    }
}

extension UpstreamSignIn {
    var json: JSON {
        var members: [String: JSON] = [
            "provider": .string(provider), "issuer": .string(issuer), "subject": .string(subject),
            "level": .string(level.rawValue), "family": .string(names.familyName),
            "given": .string(names.givenName), "token": .string(idToken),
            "at": .integer(at.milliseconds),
        ]
        members["usage"] = names.preferredUsername.map { .string($0) }
        members["names"] = names.givenNames.map { .array($0.map { .string($0) }) }
        members["gender"] = names.gender.map { .string($0) }
        return .object(members)
    }

    init?(json: JSON) {
        guard let provider = json.member("provider")?.string,
            let issuer = json.member("issuer")?.string,
            let subject = json.member("subject")?.string,
            let level = json.member("level")?.string.flatMap(AuthenticationContext.init(rawValue:)),
            let family = json.member("family")?.string, let given = json.member("given")?.string,
            let token = json.member("token")?.string,
            let at = json.member("at")?.integer.flatMap(Date.init(milliseconds:))
        else { return nil }
        let names = PivotNames(
            familyName: family, preferredUsername: json.member("usage")?.string,
            givenNames: try? json.stringArray("names"), givenName: given,
            gender: json.member("gender")?.string)
        self.init(
            provider: provider, issuer: issuer, subject: subject, level: level, names: names,
            idToken: token, at: at)
    }
}

extension Draft {
    var json: JSON {
        var members: [String: JSON] = [:]
        members["last"] = lastName.map { .string($0) }
        members["first"] = firstName.map { .string($0) }
        members["mobile"] = mobileNumber.map { .string($0) }
        members["email"] = email.map { .string($0) }
        members["password"] = passwordHash.map { .string($0) }
        return .object(members)
    }

    init?(json: JSON) {
        let members = SealedMembers(json)
        self.init(
            lastName: members.text("last"), firstName: members.text("first"),
            mobileNumber: members.text("mobile"), email: members.text("email"),
            passwordHash: members.text("password"))
        guard case .object = json, members.areRead else { return nil }
    }
}

extension RefusedForm {
    var json: JSON {
        [
            "step": .string(step.rawValue), "title": .string(title), "content": .string(content),
            "until": .integer(expiresAt.milliseconds),
        ]
    }

    init?(json: JSON) {
        guard let step = json.member("step")?.string.flatMap(StepID.init(rawValue:)),
            let title = json.member("title")?.string, let content = json.member("content")?.string,
            let until = json.member("until")?.integer.flatMap(Date.init(milliseconds:))
        else { return nil }
        self.init(step: step, title: title, content: content, expiresAt: until)
    }
}

extension Proof {
    /// One word; the level of a provider follows a colon.
    var word: String {
        switch self {
        case .password: "password"
        case .provisionalPassword: "provisional"
        case .upstream(let level): "upstream:" + level.rawValue
        case .smsCode: "sms"
        case .birthDates: "births"
        }
    }

    init?(word: String) {
        switch word {
        case "password": self = .password
        case "provisional": self = .provisionalPassword
        case "sms": self = .smsCode
        case "births": self = .birthDates
        default:
            let prefix = "upstream:"
            guard word.hasPrefix(prefix),
                let level = AuthenticationContext(rawValue: String(word.dropFirst(prefix.count)))
            else { return nil }
            self = .upstream(level)
        }
    }
}

extension Fact {
    var json: JSON {
        switch self {
        case .proved(let proof, let date):
            ["proved": .string(proof.word), "at": .integer(date.milliseconds)]
        case .decided(.consented(let scope), let date):
            ["consented": .string(scope.text), "at": .integer(date.milliseconds)]
        case .decided(.refused, let date): ["refused": true, "at": .integer(date.milliseconds)]
        case .decided(.openedActivation, let date):
            ["opened": true, "at": .integer(date.milliseconds)]
        case .decided(.checkedAddress, let date):
            ["address": true, "at": .integer(date.milliseconds)]
        case .decided(.linked, let date): ["linked": true, "at": .integer(date.milliseconds)]
        }
    }

    init?(json: JSON) {
        guard let date = json.member("at")?.integer.flatMap(Date.init(milliseconds:)) else {
            return nil
        }
        if let proof = json.member("proved")?.string.flatMap(Proof.init(word:)) {
            self = .proved(proof, at: date)
        } else if let scope = json.member("consented")?.string.flatMap({ Scope($0) }) {
            self = .decided(.consented(scope), at: date)
        } else if json.member("refused") == true {
            self = .decided(.refused, at: date)
        } else if json.member("opened") == true {
            self = .decided(.openedActivation, at: date)
        } else if json.member("address") == true {
            self = .decided(.checkedAddress, at: date)
        } else if json.member("linked") == true {
            self = .decided(.linked, at: date)
        } else {
            return nil
        }
    }
}
