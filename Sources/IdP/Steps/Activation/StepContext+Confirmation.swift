import Flow
import FoundationEssentials
import Hummingbird
import Messages
import Parents
import Store
import Tokens
import Web

extension StepContext {
    /// M-1 on its way with a link of its own, and the browser in front of C-4: nobody is signed in by
    /// it. The older link is void (SR-51).
    ///
    /// - Parameters:
    ///   - account: as the changes make it.
    ///   - tooMany: the screen again, where so many mails were sent that this one must wait (SR-53).
    func sendConfirmation(
        to address: MailAddress, of account: Account, _ interaction: Interaction,
        after changes: [Change], tooMany: @escaping @Sendable (Wait) -> any Page
    ) throws -> Transition {
        let expiresAt = now + desk.policy.mailLinks.activation
        let token = desk.makeToken(.mailToken, at: now)
        let mail = AccountMails(desk: desk).activation(
            account, to: address, token: token, expiresAt: expiresAt, at: now)
        guard let mail else { throw HTTPError(.serviceUnavailable) }
        let link = MailToken(
            reference: token.reference, purpose: .activation, account: account.id,
            accountEpoch: account.epoch, address: address.text, interaction: interaction.id,
            browserHash: interaction.browser.bytes, client: client?.id, createdAt: now,
            expiresAt: expiresAt)
        let moment = now
        return Transition(
            restarts: true, pending: .set(.mail(link.id)),
            // C-4 says where the mail went.
            draft: .set(Draft(email: address.text)),
            changes: changes + [.issueMailToken(link), mail],
            limit: Transition.Limit(
                AttemptLimit.mails(to: address.text, account: account.id, desk.policy.sends)
            ) { tooMany(Wait(until: $0, now: moment)) },
            // Until then C-4 waits, and « Se connecter » of C-5 goes on from here.
            expiresAt: expiresAt)
    }
}
