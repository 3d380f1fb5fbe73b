import FoundationEssentials
import Flow
import Hummingbird
import Messages
import Serving
import Store
import Tokens
import Web

/// Whom a code is for. Of two codes for one subject the newer is good (SR-51).
enum CodeSubject: Sendable {
    case account(Account.ID)
    /// The records of one person who is enrolling.
    case candidates([Guardian.ID])
    /// Nobody, and the answer must not tell: what was typed stands for the person (security.md 4.4).
    case nobody(typed: [String])

    var digest: Digest {
        switch self {
        case .account(let id): .sha256("account|" + id.text)
        case .candidates(let ids):
            .sha256("candidates|" + Set(ids).sorted().map(\.text).joined(separator: "|"))
        case .nobody(let typed): .sha256("nobody|" + typed.joined(separator: "|"))
        }
    }
}

/// A code that goes to a number of the directory, and to no other (security history 2.40): its
/// challenge, its SMS, and how often that may be.
///
/// For nobody there is a challenge that no code opens, and a message that no courier takes: tries, expiry
/// and time are those of a real one (SR-46; security history 2.36).
struct CodeSending: Sendable {
    let challenge: SMSChallenge.ID
    let changes: [Change]
    let rules: [AttemptRule]

    /// What the SMS calls its code, so that nobody takes it for another one (domain.md §5 G5).
    enum Kind: String {
        case activation = "code d'activation"
        case verification = "code de vérification"
        case reset = "code de réinitialisation"

        var purpose: SMSPurpose {
            switch self {
            case .activation: .enrolment
            case .verification: .stepUp
            case .reset: .passwordReset
            }
        }
    }

    /// - Parameters:
    ///   - typed: every number that what was typed can mean; nothing for one that nobody typed.
    ///   - identifier: what was typed instead, and what is counted then.
    ///   - person: see `AttemptLimit.sends`.
    ///   - account: whose account it is about, for the audit.
    init(
        _ kind: Kind, to phone: MobileNumber, typed: [MobileNumber] = [],
        identifier: String? = nil, person: String = "", for subject: CodeSubject,
        account: Account?, _ context: StepContext
    ) throws {
        let (desk, now) = (context.desk, context.now)
        let limits = desk.policy.smsCode
        guard let key = desk.keys.current.currentStoreKey(at: now),
            let number = PhoneNumber(phone.e164), number.isFrenchMobile
        else { throw HTTPError(.serviceUnavailable) }
        let code = Self.makeCode(digits: limits.digits, random: desk.environment.random)
        let id: SMSChallenge.ID = desk.makeID(at: now)
        let expiresAt = now + limits.lifetime
        let text = Self.text(kind, code: code, minutes: limits.lifetime.wholeSeconds / 60)
        let isReal = if case .nobody = subject { false } else { true }
        let message = desk.outbox.change(
            .sms(TextMessage(number: number, text: text)), key: "code/" + id.text,
            expiresAt: expiresAt, account: account?.id, isReal: isReal, at: now)
        guard let message else { throw HTTPError(.serviceUnavailable) }
        let hash =
            isReal
            ? SMSChallenge.hash(of: code, for: id, key) : desk.environment.random(Digest.byteCount)
        let issued = SMSChallenge(
            id: id, purpose: kind.purpose, subject: subject.digest.bytes, phone: phone.e164,
            codeHash: hash, createdAt: now, expiresAt: expiresAt)
        challenge = id
        let noted = context.audit(
            isReal ? .codeSent : .codeWithheld, account, kind.purpose.rawValue)
        changes = [.issueChallenge(issued), message, noted]
        rules = AttemptLimit.sends(
            kind.purpose, phones: typed.isEmpty && identifier == nil ? [phone] : typed,
            identifier: identifier, subject: subject.digest.bytes, network: context.network,
            person: person, isReal: isReal, desk.policy.sends)
    }

    /// What becomes of the person's way: they wait for the code, and may come back to what they typed.
    ///
    /// - Parameter page: the screen that asked for the code, when there were too many.
    func transition(
        who: Who? = nil, upstream: Transition.Edit<UpstreamSignIn> = .keep,
        draft: Transition.Edit<Draft> = .keep,
        page: @escaping @Sendable (_ until: Date) -> any Page
    ) -> Transition {
        Transition(
            who: who, upstream: upstream, pending: .set(.code(challenge)), draft: draft,
            changes: changes, limit: Transition.Limit(rules, page: page))
    }

    /// M-7, in the short alphabet, without a link (J-K-14; domain.md §5 G3, G4).
    static func text(_ kind: Kind, code: String, minutes: Int64) -> String {
        "EduConnect : votre \(kind.rawValue) est \(code). Il est valable \(minutes) minutes."
    }

    /// Each code as likely as any other: draws beyond the last whole round are thrown away (SR-49).
    static func makeCode(digits: Int, random: (_ byteCount: Int) -> [UInt8]) -> String {
        var count: UInt32 = 1
        for _ in 0..<min(digits, 9) { count *= 10 }
        let rest = (UInt32.max % count + 1) % count
        var number: UInt32
        repeat {
            number = random(4).reduce(0) { $0 << 8 | UInt32($1) }
        } while number > UInt32.max - rest
        let text = String(number % count)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

extension SMSChallenge {
    /// What is stored of a code: it is short, so it is hashed under a key that the database lacks, and
    /// bound to its challenge.
    static func hash(of code: String, for id: ID, _ key: StoreKey) -> [UInt8] {
        HMAC.sha256(key: key.derived(for: "sms code"), message: id.bytes + Array(code.utf8))
    }
}
