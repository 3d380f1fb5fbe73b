import Flow
import FoundationEssentials
import Store
import Web

extension AccountMails {
    /// Two accounts became one (SR-47; security.md 4.17): both confirmed addresses are told, once where
    /// they are the same. How it can be undone is told with it, and until when.
    func regrouped(_ main: Account, _ absorbed: Account, at now: Date) -> [Change] {
        let end = ParisTime.dayAndMinute(now + desk.policy.lifetimes.regroupingUndo)
        let paragraphs = [
            "Le \(ParisTime.dayAndMinute(now)), les enfants du compte EduConnect "
                + "\(absorbed.maskedIdentifier) ont été ajoutés au compte "
                + "\(main.maskedIdentifier). Le compte \(absorbed.maskedIdentifier) n'est plus "
                + "utilisable.",
            "Si c'était vous, vous n'avez rien à faire. Sinon, prévenez le directeur de l'école de votre "
                + "enfant\u{A0}: ce regroupement peut être annulé jusqu'au \(end).",
        ]
        let addressed = main.email == absorbed.email ? [main] : [main, absorbed]
        return addressed.compactMap {
            notice(
                "regrouped", $0, subject: Self.subject("regroupement de comptes"), paragraphs,
                at: now)
        }
    }
}
