import FoundationEssentials
import Store
import Tokens

/// How far somebody has come who lost their identifier or their password (J §3.8, §3.9).
///
/// It stands apart from who somebody is and from what they have proved, and never becomes either:
/// whatever was mailed, typed or shown here, nobody is signed in by it.
public enum Recovery: Sendable, Equatable {
    /// ID-2: a reminder is on its way to this address, as it was typed.
    case identifierMailed(String)
    /// ID-2: the same by SMS.
    case identifierTexted
    /// PWD-2: a link is on its way.
    ///
    /// - reference: the number of the request, 15 digits. The mail says the same, and the audit of the
    ///   request, by which the assistance finds it; nothing is opened by it.
    case linkMailed(reference: String)
    /// A code is on its way for this account, to the number that the directory has; nil for nobody, where
    /// the answer must not tell.
    case codeSent(SMSChallenge.ID, for: ProvedAccount?)
    /// PWD-3: the code was right, and a new password may be set for this account, and for no other.
    /// Until then; forms that are refused make it no longer (security.md 4.24).
    case codeProved(ProvedAccount, until: Date)
    /// PWD-4.
    case passwordSet

    /// The screen that comes of it.
    var step: StepID {
        switch self {
        case .identifierMailed, .identifierTexted: .identifierSent
        case .linkMailed: .resetSent
        case .codeSent: .resetCode
        case .codeProved: .resetPassword
        case .passwordSet: .resetDone
        }
    }

    /// Whose password may be set. What was shown for an account that has changed since says nothing.
    public var provedAccount: ProvedAccount? {
        if case .codeProved(let account, _) = self { account } else { nil }
    }

    /// Whether what was proved has lapsed.
    public func isOver(at now: Date) -> Bool {
        if case .codeProved(_, let until) = self { now >= until } else { false }
    }
}

extension Recovery {
    var json: JSON {
        switch self {
        case .identifierMailed(let address): return ["mailed": .string(address)]
        case .identifierTexted: return ["texted": true]
        case .linkMailed(let reference): return ["link": .string(reference)]
        case .codeSent(let id, let account):
            var members: [String: JSON] = ["code": .bytes(id.bytes)]
            members["account"] = account.map(\.json)
            return .object(members)
        case .codeProved(let account, let until):
            return ["proved": account.json, "until": .integer(until.milliseconds)]
        case .passwordSet: return ["set": true]
        }
    }

    init?(json: JSON) {
        let members = SealedMembers(json)
        if let address = members.text("mailed") {
            self = .identifierMailed(address)
        } else if let reference = members.text("link") {
            self = .linkMailed(reference: reference)
        } else if let id = members.read("code", { $0.bytes.flatMap(SMSChallenge.ID.init(bytes:)) })
        {
            self = .codeSent(id, for: members.read("account", ProvedAccount.init(json:)))
        } else if let account = members.read("proved", ProvedAccount.init(json:)),
            let until = members.read("until", { $0.integer.flatMap(Date.init(milliseconds:)) })
        {
            self = .codeProved(account, until: until)
        } else if json.member("texted") == true {
            self = .identifierTexted
        } else if json.member("set") == true {
            self = .passwordSet
        } else {
            return nil
        }
        guard members.areRead else { return nil }
    }
}
