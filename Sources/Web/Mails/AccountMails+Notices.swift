import Flow
import FoundationEssentials
import Store

// What the owner of a confirmed address is told of their account (SR-47).
extension AccountMails {
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

    /// The school gave the account a provisional password: its own is void (journeys.md §8.2 no. 13).
    public func passwordResetBySchool(_ account: Account, at now: Date) -> Change? {
        notice(
            "passwordResetBySchool", account, subject: "votre mot de passe a été réinitialisé",
            [
                "Le mot de passe de votre compte EduConnect (identifiant "
                    + "\(account.maskedIdentifier)) a été réinitialisé par l'école le "
                    + "\(ParisTime.dayAndMinute(now)). L'ancien mot de passe n'est plus valable.",
                "L'école vous remet un mot de passe provisoire, à modifier lors de la première "
                    + "connexion. Si vous n'avez rien demandé, prévenez le directeur de l'école.",
            ], at: now)
    }
}
