import Flow
import FoundationEssentials
import Messages
import Store
import Tokens
import Web

/// The mails about an account, as changes that enqueue them. Notices go to a confirmed address only,
/// name the account by its masked identifier, and lead nowhere but to the help page.
///
/// Nil where there is nobody to write to, or no store key to seal with.
public struct AccountMails: Sendable {
    let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    /// M-1: asks the owner of an address to confirm it (J-K-02, J-K-03). The link is built from the
    /// issuer alone, whatever host the request named (D18; security history 2.33).
    ///
    /// - Parameters:
    ///   - to: the one that waits for its confirmation.
    ///   - expiresAt: the link's end, which the mail says; nobody needs the mail afterwards.
    public func activation(
        _ account: Account, to address: MailAddress, token: OpaqueToken, expiresAt: Date,
        at now: Date
    ) -> Change? {
        let text = MailText(
            subject: Self.activationSubject,
            parts: [
                .paragraph(
                    "Vous souhaitez accéder aux services en ligne de l'éducation nationale avec "
                        + "l'identifiant \(account.identifier)"),
                .paragraph(
                    "Pour activer votre compte, vous devez d'abord valider votre adresse de messagerie "
                        + "en cliquant sur le lien ci-dessous puis vous connecter au portail en "
                        + "saisissant le mot de passe que vous avez choisi\u{A0}:"),
                .link(desk.url(ConfirmationEndpoint.link.address(of: token))),
                .paragraph(
                    "Ce lien est valable jusqu'au \(ParisTime.dayAndMinute(expiresAt)) et ne peut "
                        + "servir qu'une fois."),
                help,
            ])
        return desk.outbox.change(
            .mail(text.mail(to: address)), key: "activation/" + Base64URL.encode(token.selector),
            expiresAt: expiresAt, account: account.id, at: now)
    }

    public static let activationSubject = subject("activation de votre compte")

    private static func subject(_ what: String) -> String {
        "Services en ligne de l'éducation nationale – " + what
    }

    /// Somebody signed in from a browser that the account did not know.
    public func signedInFromNewDevice(
        _ account: Account, teleservice: String, at now: Date
    ) -> Change? {
        notice(
            "newDevice", account, subject: "nouvelle connexion à votre compte",
            [
                "Une connexion à votre compte EduConnect (identifiant "
                    + "\(account.maskedIdentifier)) a eu lieu le \(ParisTime.dayAndMinute(now)) depuis "
                    + "un navigateur que ce compte ne connaissait pas, pour accéder à "
                    + "«\u{A0}\(teleservice)\u{A0}».",
                "Si c'était vous, vous n'avez rien à faire. Sinon, changez votre mot de passe et "
                    + "prévenez le directeur de l'école de votre enfant.",
            ], at: now)
    }

    /// An identity at a provider opens the account from now on (journeys.md §8.2 no. 8).
    public func linked(_ account: Account, provider: String, at now: Date) -> Change? {
        notice(
            "linked", account, subject: "identité liée à votre compte",
            [
                "Le \(ParisTime.dayAndMinute(now)), une identité \(provider) a été liée à votre compte "
                    + "EduConnect (identifiant \(account.maskedIdentifier))\u{A0}: elle permet désormais "
                    + "de s'y connecter.",
                "Si ce n'était pas vous, prévenez le directeur de l'école de votre enfant.",
            ], at: now)
    }

    /// An identity at a provider no longer opens the account.
    public func unlinked(_ account: Account, provider: String, at now: Date) -> Change? {
        notice(
            "unlinked", account, subject: "identité retirée de votre compte",
            [
                "Le \(ParisTime.dayAndMinute(now)), une identité \(provider) a été retirée de votre "
                    + "compte EduConnect (identifiant \(account.maskedIdentifier))\u{A0}: elle ne permet "
                    + "plus de s'y connecter.",
                "Si ce n'était pas vous, changez votre mot de passe et prévenez le directeur de l'école "
                    + "de votre enfant.",
            ], at: now)
    }

    public func activated(_ account: Account, at now: Date) -> Change? {
        notice(
            "activated", account, subject: "votre compte est activé",
            [
                "Votre compte EduConnect (identifiant \(account.maskedIdentifier)) a été activé le "
                    + "\(ParisTime.dayAndMinute(now)).",
                "Si ce n'était pas vous, prévenez le directeur de l'école de votre enfant.",
            ], at: now)
    }

    /// Another own password is in force from now on (SR-47). An account's first one is told by
    /// `activated`.
    public func passwordReplaced(_ account: Account, at now: Date) -> Change? {
        notice(
            "passwordReplaced", account, subject: "votre mot de passe a été modifié",
            [
                "Le mot de passe de votre compte EduConnect (identifiant "
                    + "\(account.maskedIdentifier)) a été modifié le "
                    + "\(ParisTime.dayAndMinute(now)).",
                "Si c'était vous, vous n'avez rien à faire. Sinon, prévenez le directeur de l'école de "
                    + "votre enfant.",
            ], at: now)
    }

    /// A notice to the confirmed address; nil without one.
    func notice(
        _ kind: String, _ account: Account, subject: String, _ paragraphs: [String], at now: Date
    ) -> Change? {
        tell(account, kind, subject: Self.subject(subject), paragraphs, at: now)
    }

    /// The same under a whole subject.
    func tell(
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

    var help: MailText.Part {
        .link(
            desk.url(InformationPages.helpPath),
            after: "En cas de problème, vous trouverez toutes les informations nécessaires à cette "
                + "adresse\u{A0}:")
    }
}
