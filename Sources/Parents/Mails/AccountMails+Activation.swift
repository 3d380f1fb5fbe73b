import Flow
import FoundationEssentials
import Messages
import Store
import Tokens
import Web

extension AccountMails {
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
}
