import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// A code as somebody typed it; the blanks that telephones put into it are forgiven.
struct CodeEntry: Sendable {
    static let field = "code"

    let digits: String

    /// In bytes of UTF-8.
    static let byteCountMax = 32

    /// Nil for an empty field. What is longer than any code is a wrong one.
    init?(_ form: Form) {
        guard let typed = form[Self.field] else { return nil }
        guard typed.utf8.count <= Self.byteCountMax else {
            digits = "-"
            return
        }
        digits = typed.filter { !$0.isWhitespace }
        if digits.isEmpty { return nil }
    }
}

/// What a typed code comes to. It was counted as a try before (`AttemptLimit.codeTries`).
enum CodeCheck: Sendable {
    case right(SMSChallenge)
    case wrong
    /// Expired, replaced by a newer one, or tried too often: a new one must be sent.
    case void
    /// Another post of this form has come first (a double click): what it proved is there already.
    case spent

    init(
        _ entry: CodeEntry, of id: SMSChallenge.ID, _ kind: CodeSending.Kind,
        for subject: CodeSubject, _ context: StepContext, in reader: some StoreReading
    ) throws {
        guard let challenge = try reader.smsChallenge(id), context.now < challenge.expiresAt else {
            self = .void
            return
        }
        guard challenge.usedAt == nil else {
            self = .spent
            return
        }
        let isRight = context.desk.keys.current.storeKeys.contains { key in
            ConstantTime.equal(
                challenge.codeHash, SMSChallenge.hash(of: entry.digits, for: id, key))
        }
        if isRight {
            // A code proves a number to those for whom it was sent (SR-51; security history 2.25).
            let isMeant =
                challenge.purpose == kind.purpose && challenge.subject == subject.digest.bytes
            self = isMeant ? .right(challenge) : .void
            return
        }
        let limits = context.desk.policy.smsCode
        let counted = try context.counted.map { try reader.counted($0, at: context.now) }.max() ?? 0
        self = counted >= limits.tries ? .void : .wrong
    }

    static func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) -> [AttemptRule] {
        guard CodeEntry(form) != nil, let id = interaction.awaitedCode else { return [] }
        return AttemptLimit.codeTries(challenge: id, context.desk.policy.smsCode)
    }
}

extension Interaction {
    fileprivate var awaitedCode: SMSChallenge.ID? {
        if case .code(let id)? = pending { return id }
        if case .codeSent(let id, _)? = recovery { return id }
        return nil
    }
}
