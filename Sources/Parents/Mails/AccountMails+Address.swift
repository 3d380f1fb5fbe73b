import Flow
import FoundationEssentials
import Messages
import Store
import Tokens
import Web

// The two mails of a change of address (J-E-07).
extension AccountMails {
    static let addressChangeSubject =
        "Services en ligne de l'éducation nationale - modification de votre adresse mail"

    /// M-4: tells the confirmed address of the one that is to follow it. Whoever reads it and did not
    /// ask for that voids the link by another password.
    func addressChanging(
        _ account: Account, to address: MailAddress, token: OpaqueToken, at now: Date
    ) -> Change? {
        let named = desk.policy.namesNewAddress ? address.text : address.masked
        return tell(
            account, "addressChanging/" + Base64URL.encode(token.selector),
            subject: Self.addressChangeSubject,
            [
                "La modification de l'adresse mail de votre compte EduConnect (identifiant "
                    + "\(account.maskedIdentifier)) a été demandée le "
                    + "\(ParisTime.dayAndMinute(now)). Nouvelle adresse mail\u{A0}: \(named)",
                "Tant que cette nouvelle adresse n'est pas validée, tous les courriels vous seront "
                    + "toujours envoyés à la présente adresse.",
                "Si c'était vous, vous n'avez rien à faire. Sinon, changez votre mot de passe et "
                    + "prévenez le directeur de l'école de votre enfant.",
            ], at: now)
    }

    /// Tells the address from before that another has taken its place: the last mail that goes there.
    func addressChanged(_ before: Account, to address: MailAddress, at now: Date) -> Change? {
        let named = desk.policy.namesNewAddress ? address.text : address.masked
        return tell(
            before, "addressChanged", subject: Self.addressChangeSubject,
            [
                "L'adresse mail de votre compte EduConnect (identifiant "
                    + "\(before.maskedIdentifier)) a été modifiée le "
                    + "\(ParisTime.dayAndMinute(now)). Nouvelle adresse mail\u{A0}: \(named)",
                "Tous les courriels seront désormais envoyés à cette nouvelle adresse.",
                "Si ce n'était pas vous, prévenez sans attendre le directeur de l'école de votre enfant.",
            ], at: now)
    }

    /// M-5: asks the owner of the new address to confirm it.
    ///
    /// - Parameter expiresAt: the link's end, which the mail says.
    func addressChange(
        _ account: Account, to address: MailAddress, token: OpaqueToken, expiresAt: Date,
        at now: Date
    ) -> Change? {
        let text = MailText(
            subject: Self.addressChangeSubject,
            parts: [
                .paragraph(
                    "Cette adresse a été donnée comme nouvelle adresse mail d'un compte EduConnect "
                        + "(identifiant \(account.maskedIdentifier))."),
                .paragraph(
                    "Pour confirmer la mise à jour de votre adresse mail, cliquez sur le lien "
                        + "ci-dessous, puis validez\u{A0}:"),
                .link(desk.url(AddressChangeEndpoint.link.address(of: token))),
                .paragraph(
                    "Ce lien est valable jusqu'au \(ParisTime.dayAndMinute(expiresAt)) et ne peut "
                        + "servir qu'une fois. Vous devez valider la nouvelle adresse mail pour "
                        + "qu'elle soit prise en compte sinon tous les courriels seront toujours "
                        + "envoyés à l'ancienne adresse."),
                .paragraph(
                    "Si vous n'avez rien demandé, ne suivez pas ce lien\u{A0}: rien ne sera modifié."
                ),
                help,
            ])
        return desk.outbox.change(
            .mail(text.mail(to: address)),
            key: "addressChange/" + Base64URL.encode(token.selector), expiresAt: expiresAt,
            account: account.id, at: now)
    }
}
