import Flow
import FoundationEssentials
import Messages
import Store
import Tokens
import Web

// The mails to people who lost identifier or password. Both go to confirmed addresses alone (J-K-15).
extension AccountMails {
    static let reminderSubject =
        "Services en ligne de l'éducation nationale - rappel de votre identifiant"
    static let resetSubject =
        "Services en ligne de l'éducation nationale - réinitialisation de votre mot de passe"

    /// M-2: the identifiers of the accounts with this address, and no names (J-I-03, J-I-04, J-I-06,
    /// J-K-05; security.md 4.10).
    public func identifierReminder(
        _ accounts: [Account], to address: MailAddress, at now: Date
    ) -> Change? {
        let identifiers = accounts.map(\.identifier).sorted()
        let said: [MailText.Part] =
            if let only = identifiers.first, identifiers.count == 1 {
                [.paragraph("Votre identifiant EduConnect est\u{A0}: \(only)")]
            } else {
                [.paragraph("Vos identifiants EduConnect, rattachés à cette adresse, sont\u{A0}:")]
                    + identifiers.map(MailText.Part.paragraph)
            }
        let text = MailText(
            subject: Self.reminderSubject,
            parts: [.paragraph("Vous avez demandé le rappel de votre identifiant.")] + said + [
                .link(desk.url(OwnPage.portal.path), after: "Pour vous connecter\u{A0}:"),
                .paragraph(
                    "Si vous n'avez rien demandé, vous n'avez rien à faire\u{A0}: cet identifiant ne "
                        + "permet pas de se connecter sans votre mot de passe."),
                help,
            ])
        // Each is asked for anew, and how often is counted elsewhere.
        let name: OutboxRecord.ID = desk.makeID(at: now)
        return desk.outbox.change(
            .mail(text.mail(to: address)),
            key: "identifierReminder/" + name.text,
            expiresAt: now + Self.reminderLife, account: accounts.first?.id, at: now)
    }

    /// What an answer that is alike for everybody leaves out: that no account has confirmed this address.
    /// It goes there alone, once a day at most (security.md 4.2).
    public func noAccount(at address: MailAddress, at now: Date) -> Change? {
        guard let mark = mark(of: address, at: now) else { return nil }
        let text = MailText(
            subject: Self.reminderSubject,
            parts: [
                .paragraph(
                    "Le rappel d'un identifiant EduConnect a été demandé pour cette adresse. Aucun "
                        + "compte activé ne l'a confirmée."),
                .paragraph(
                    "Si vous en êtes l'auteur, vérifiez l'adresse que vous avez saisie\u{A0}: c'est "
                        + "peut-être une autre que vous avez donnée. Si votre compte n'est pas encore "
                        + "activé, ou si vous n'avez jamais confirmé d'adresse mail, adressez-vous au "
                        + "directeur de l'école de votre enfant. Sinon, vous n'avez rien à faire."),
                help,
            ])
        return desk.outbox.change(
            .mail(text.mail(to: address)), key: "noAccount/" + mark,
            expiresAt: now + desk.policy.recovery.strangerMailInterval, at: now)
    }

    /// M-3: the link to PWD-3, and the number of the request (J-X-04, J-X-08, J-K-06, J-F-07).
    ///
    /// - Parameters:
    ///   - account: nil for nobody, where the answer must not tell: then it is never carried.
    ///   - reference: 15 digits.
    ///   - expiresAt: the link's end, which the mail says.
    public func passwordReset(
        _ account: Account?, to address: MailAddress, reference: String, token: OpaqueToken,
        expiresAt: Date, at now: Date
    ) -> Change? {
        let text = MailText(
            subject: Self.resetSubject,
            parts: [
                .paragraph(
                    "Vous avez demandé la réinitialisation du mot de passe de votre compte EduConnect. "
                        + "La référence de cette demande est le n°\u{A0}\(reference)."),
                .paragraph(
                    "Pour choisir un nouveau mot de passe, cliquez sur le lien ci-dessous, puis "
                        + "saisissez votre identifiant et un nouveau mot de passe\u{A0}:"),
                .link(desk.url(PasswordResetEndpoint.address(of: token))),
                .paragraph(
                    "Ce lien est valable jusqu'au \(ParisTime.dayAndMinute(expiresAt)) et ne peut "
                        + "servir qu'une fois. Une nouvelle demande le remplace."),
                .paragraph(
                    "Si vous n'avez rien demandé, ne suivez pas ce lien\u{A0}: votre mot de passe reste "
                        + "le même."),
                help,
            ])
        return desk.outbox.change(
            .mail(text.mail(to: address)),
            key: "passwordReset/" + Base64URL.encode(token.selector), expiresAt: expiresAt,
            account: account?.id, isReal: account != nil, at: now)
    }

    /// After this somebody has asked again.
    private static let reminderLife = Duration.seconds(86_400)

    /// An address names its row in the outbox by this alone: whoever reads the table can't try addresses
    /// against it.
    private func mark(of address: MailAddress, at now: Date) -> String? {
        desk.keys.current.currentStoreKey(at: now).map { key in
            Base64URL.encode(
                HMAC.sha256(
                    key: key.derived(for: "outbox address"),
                    message: Array(address.text.lowercased().utf8)))
        }
    }
}
