import Flow
import FoundationEssentials
import Messages
import Store

/// The mails about an account, as changes that enqueue them. Notices go to a confirmed address only,
/// name the account by its masked identifier, and lead nowhere but to the help page.
///
/// Nil where there is nobody to write to, or no store key to seal with.
public struct AccountMails: Sendable {
    public let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    /// - Parameter what: « votre compte est activé ».
    public static func subject(_ what: String) -> String {
        "Services en ligne de l'éducation nationale – " + what
    }

    /// A notice to the confirmed address; nil without one.
    public func notice(
        _ kind: String, _ account: Account, subject: String, _ paragraphs: [String], at now: Date
    ) -> Change? {
        tell(account, kind, subject: Self.subject(subject), paragraphs, at: now)
    }

    /// The same under a whole subject.
    public func tell(
        _ account: Account, _ kind: String, subject: String, _ paragraphs: [String], at now: Date
    ) -> Change? {
        guard let address = account.email.flatMap({ MailAddress($0) }) else { return nil }
        let text = MailText(
            subject: subject,
            parts: paragraphs.map(MailText.Part.paragraph) + [help])
        return desk.outbox.change(
            .mail(text.mail(to: address)),
            key: "\(kind)/\(account.id.text)/\(now.epochSeconds)", expiresAt: now + Self.noticeLife,
            account: account.id, at: now)
    }

    /// After this a notice is no news.
    private static let noticeLife = Duration.seconds(3 * 86_400)

    public var help: MailText.Part {
        .link(
            desk.url(PublicPage.help),
            after: "En cas de problème, vous trouverez toutes les informations nécessaires à cette "
                + "adresse\u{A0}:")
    }
}
