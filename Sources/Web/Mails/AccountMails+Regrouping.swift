import Flow
import FoundationEssentials
import Store

extension AccountMails {
    /// Two accounts became one (SR-47; security.md 4.17): both confirmed addresses are told, once where
    /// they are the same. How it can be undone is told with it, and until when.
    public func regrouped(_ main: Account, _ absorbed: Account, at now: Date) -> [Change] {
        let end = ParisTime.dayAndMinute(now + desk.policy.lifetimes.regroupingUndo)
        let paragraphs = [
            "Le \(ParisTime.dayAndMinute(now)), les enfants du compte EduConnect "
                + "\(absorbed.maskedIdentifier) ont été ajoutés au compte "
                + "\(main.maskedIdentifier). Le compte \(absorbed.maskedIdentifier) n'est plus "
                + "utilisable.",
            "Si c'était vous, vous n'avez rien à faire. Sinon, prévenez le directeur de l'école de votre "
                + "enfant\u{A0}: ce regroupement peut être annulé jusqu'au \(end).",
        ]
        return tellBoth(
            "regrouped", main, absorbed, subject: "regroupement de comptes", paragraphs, at: now)
    }

    /// Two accounts are two again (T16).
    func separated(_ main: Account, _ restored: Account, at now: Date) -> [Change] {
        let paragraphs = [
            "Le regroupement des comptes EduConnect \(main.maskedIdentifier) et "
                + "\(restored.maskedIdentifier) a été annulé le \(ParisTime.dayAndMinute(now)) par "
                + "l'assistance. Chaque compte retrouve ses enfants.",
            "Le compte \(restored.maskedIdentifier) s'ouvre à nouveau avec le mot de passe que vous "
                + "aviez choisi. S'il n'en avait pas, demandez un nouveau courrier au directeur de "
                + "l'école.",
        ]
        return tellBoth(
            "separated", main, restored, subject: "annulation d'un regroupement", paragraphs,
            at: now)
    }

    /// Once where both have the same address.
    private func tellBoth(
        _ kind: String, _ one: Account, _ other: Account, subject: String, _ paragraphs: [String],
        at now: Date
    ) -> [Change] {
        let addressed = one.email == other.email ? [one] : [one, other]
        return addressed.compactMap { notice(kind, $0, subject: subject, paragraphs, at: now) }
    }
}
