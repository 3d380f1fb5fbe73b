import Flow
import FoundationEssentials
import HTML
import Serving
import Store
import Tokens
import Web

/// PWD-3 as it was typed, for the one account that the proof is about: the link of a mail, or a code.
///
/// The identifier is typed once more and must be that account's; it never chooses another (security.md
/// 4.24; security history 2.25).
public struct PasswordReset: Sendable {
    enum Field {
        static let identifier = PasswordEntry.Field.identifier
        static let password = "new-password"
        static let passwordAgain = "new-password-confirmation"
    }

    public enum Outcome: Sendable {
        /// Another identifier, or the password that is in force: a try of what only the owner knows.
        case missed(FieldErrors)
        /// The screen again; nothing was tried.
        case refused(FieldErrors)
        /// The account is not what it was.
        case void
        /// What is written, of the account as it stands from then on.
        case set(Account, [Change])
    }

    private let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    /// What is counted before the form is looked at; nothing where no identifier was typed.
    ///
    /// - Parameter proof: what names it, for as long as `lifetime`.
    public func tries(_ form: Form, proof: [UInt8], lifetime: Duration) -> [AttemptRule] {
        guard Self.identifier(form) != nil else { return [] }
        return [AttemptLimit.resetTries(proof: proof, lifetime: lifetime, desk.policy.recovery)]
    }

    /// - Parameters:
    ///   - owner: the account as it was when the proof was sent.
    ///   - counted: the keys of `tries`, which a form that is no miss gives back.
    ///   - browser: no stranger's to the account from then on.
    public func outcome(
        _ form: Form, of owner: ProvedAccount, browser: Digest, counted: [AttemptKey],
        on place: WorkerPool.Place, at now: Date
    ) async throws -> Outcome {
        let id = owner.id
        let (account, known) = try await desk.store.read { reader in
            let account = try reader.account(id)
            let known = PasswordContext(
                identifier: account?.identifier ?? "", guardians: try reader.guardians(of: id),
                children: try reader.children(of: id, at: now).map(\.child), birthDates: false)
            return (account, known)
        }
        guard let account, owner.stands(account) else { return .void }
        var errors = FieldErrors()
        let identifier = Self.identifier(form)
        if identifier == nil {
            errors.add(Field.identifier, FieldWords.required)
        } else if identifier != account.identifier {
            errors.add(Field.identifier, "L'identifiant saisi n'est pas reconnu.")
            return .missed(errors)
        }
        let password = errors.newPassword(
            form[Field.password], in: Field.password, again: form[Field.passwordAgain],
            in: Field.passwordAgain, desk.policy.passwordRule, knownOfOwner: known)
        guard let password, errors.isEmpty else { return .refused(errors) }
        let present = account.passwordHash ?? account.provisionalPasswordHash
        guard let hash = try await desk.hash(ofNew: password, unlike: present, on: place) else {
            errors.add(Field.password, FieldWords.samePassword)
            return .missed(errors)
        }
        return set(hash, of: account, browser, counted, at: now)
    }

    private func set(
        _ hash: String, of account: Account, _ browser: Digest, _ counted: [AttemptKey],
        at now: Date
    ) -> Outcome {
        guard
            let change = try? AccountChange(
                .passwordRecovered(passwordHash: hash), of: account, desk.policy, at: now)
        else { return .void }
        let mail = AccountMails(desk: desk).passwordReplaced(change.account, at: now)
        let known = AttemptLimit.browserKey(of: change.account, browser)
        return .set(
            change.account,
            change.changes + [.giveBackAttempts(counted), desk.knowing(known, at: now)]
                + [mail].compactMap { $0 })
    }

    private static func identifier(_ form: Form) -> String? {
        form[Field.identifier].flatMap(PasswordEntry.identifier)
    }
}
