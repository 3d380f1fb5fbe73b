import Flow
import FoundationEssentials
import Messages
import Parents
import Serving
import Store
import Web

/// What a form of the activation comes to when everything in it is right.
struct ActivationEnd {
    let subject: ActivationSubject
    let interaction: Interaction
    let context: StepContext

    /// - Parameters:
    ///   - hash: of the new password.
    ///   - tooMany: the screen again, where the address got so many mails that this one must wait.
    func transition(
        hash: String, address: MailAddress?, after changes: [Change],
        tooMany: @escaping @Sendable (Wait) -> any Page
    ) async throws -> Transition {
        do {
            switch subject.form {
            case .activation:
                guard let address else { return Transition(restarts: true) }
                return try activating(hash, address, changes, tooMany)
            case .reset: return try signedIn(hash, address, changes, tooMany)
            case .mustChange: return try signedIn(hash, nil, changes, tooMany)
            }
        } catch let refused as AccountChange.Refused {
            // The letter's three months ended, or the account moved on, since the form was shown.
            return Transition(
                restarts: true,
                notice: refused.refusal == .outOfDate ? .provisionalExpired : nil,
                changes: [context.audit(.activationRefused, subject.account)])
        }
    }

    /// T6: on to C-4. The letter has served, and signs nobody in (SR-54).
    private func activating(
        _ hash: String, _ address: MailAddress, _ changes: [Change],
        _ tooMany: @escaping @Sendable (Wait) -> any Page
    ) throws -> Transition {
        let change = try AccountChange(
            .activationSubmitted(passwordHash: hash, address: address.text),
            of: subject.account, context.desk.policy, at: context.now)
        return try context.sendConfirmation(
            to: address, of: change.account, interaction,
            after: changes + change.changes
                + [context.audit(.activationSubmitted, subject.account)],
            tooMany: tooMany)
    }

    /// T12b and the flag: on to the teleservice; the owner is told at the confirmed address (SR-47), or
    /// asked to confirm the one that was given.
    private func signedIn(
        _ hash: String, _ address: MailAddress?, _ changes: [Change],
        _ tooMany: @escaping @Sendable (Wait) -> any Page
    ) throws -> Transition {
        let change = try AccountChange(
            .passwordReplaced(passwordHash: hash, address: address?.text), of: subject.account,
            context.desk.policy, at: context.now)
        var changes = changes + change.changes
        changes.append(context.audit(.passwordReplaced, subject.account))
        let mail = AccountMails(desk: context.desk).passwordReplaced(
            change.account, at: context.now)
        changes += [mail].compactMap { $0 }
        // No mail about the browser: the one about the password says as much.
        changes.append(context.knowing(change.account, interaction))
        var transition = Transition(
            facts: [.proved(.password, at: context.now)],
            who: .account(ProvedAccount(change.account)), changes: changes)
        if let address {
            let now = context.now
            let given = try AddressChange(
                mailsTo: address, of: change.account, tellsConfirmed: false, after: [],
                askedIn: interaction.browser, context.desk, at: now)
            // C-6 has nothing to ask about what was typed just now.
            transition.facts.append(.decided(.checkedAddress, at: now))
            transition.changes += given.changes
            transition.limit = Transition.Limit(given.rules) { tooMany(Wait(until: $0, now: now)) }
        }
        return transition
    }
}
