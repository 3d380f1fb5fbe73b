import Flow
import FoundationEssentials
import Hummingbird
import Messages
import Parents
import Store
import Tokens
import Web

/// M-2 and M-9: which accounts an address or a number has, told to whoever reads there.
///
/// Of no account it is what an answer that tells nothing needs: a mail that says so, or a row that no
/// courier takes.
struct IdentifierReminder: Sendable {
    let changes: [Change]
    /// Whether there is anybody to remind.
    let isReal: Bool

    /// M-2, to each writing of the address that an account has confirmed: almost always one.
    init(of accounts: [Account], to address: MailAddress, _ context: StepContext) throws {
        let (mails, now) = (AccountMails(desk: context.desk), context.now)
        isReal = !accounts.isEmpty
        let byAddress = Dictionary(grouping: accounts) { $0.email ?? "" }
        var sent: [Change] = byAddress.compactMap { confirmed, accounts in
            MailAddress(confirmed).flatMap {
                mails.identifierReminder(accounts, to: $0, at: now)
            }
        }
        if accounts.isEmpty { sent = [mails.noAccount(at: address, at: now)].compactMap { $0 } }
        guard !sent.isEmpty else { throw HTTPError(.serviceUnavailable) }
        changes = sent + Self.noted(accounts, "mail", context)
    }

    /// M-9, in one SMS (J-I-10, J-K-16). What one can't hold is the number of nobody in particular.
    init(of accounts: [Account], to phone: MobileNumber, _ context: StepContext) throws {
        guard let number = PhoneNumber(phone.e164), number.isFrenchMobile else {
            throw HTTPError(.serviceUnavailable)
        }
        let told = TextMessage(number: number, text: Self.text(accounts.map(\.identifier).sorted()))
        let fits = told.segments <= TextMessage.segmentsMax
        isReal = !accounts.isEmpty && fits
        let message = fits ? told : TextMessage(number: number, text: Self.text([]))
        let now = context.now
        let name: OutboxRecord.ID = context.desk.makeID(at: now)
        let sent = context.desk.outbox.change(
            .sms(message), key: "identifierReminder/" + name.text,
            expiresAt: now + Self.life, account: isReal ? accounts.first?.id : nil,
            isReal: isReal, at: now)
        guard let sent else { throw HTTPError(.serviceUnavailable) }
        changes = [sent] + Self.noted(isReal ? accounts : [], "sms", context)
    }

    /// In the short alphabet, without a link.
    static func text(_ identifiers: [String]) -> String {
        let only = identifiers.count == 1
        return "EduConnect : \(only ? "votre identifiant est" : "vos identifiants sont") "
            + identifiers.joined(separator: ", ") + "."
    }

    /// After this somebody has asked again.
    private static let life = Duration.seconds(3600)

    private static func noted(
        _ accounts: [Account], _ channel: String, _ context: StepContext
    ) -> [Change] {
        accounts.isEmpty
            ? [context.audit(.reminderRefused, nil, channel)]
            : accounts.map { context.audit(.identifierReminded, $0, channel) }
    }
}
