import Flow
import FoundationEssentials
import Store
import Web

/// Whom an activation form is about, as account and directory stand now.
struct ActivationSubject: Sendable {
    /// Which of the forms is due (journeys.md §2.2).
    enum Form: Sendable, Equatable {
        /// C-2: an address, a password and a birth date (T6).
        case activation
        /// T12b: after the school's reset. An address only where none is confirmed.
        case reset(asksAddress: Bool)
        /// The national flag: a new password, and no birth date (journeys.md §8.2 no. 13).
        case mustChange

        var asksAddress: Bool { self == .activation || self == .reset(asksAddress: true) }
        var asksBirthDate: Bool { self != .mustChange }
    }

    let account: Account
    let form: Form
    /// The record that the directory wrote last.
    let guardian: Guardian?
    private let records: [Guardian]
    let children: [Child]

    var guardians: [Guardian.ID] { records.map(\.id) }

    /// The child named on the screen (J-C-19, J-C-20).
    var eldest: Child? { children.first }

    /// « Valéry DURANT »
    var name: String {
        guardian.map { "\($0.firstName) \($0.lastName)" } ?? account.identifier
    }

    /// What the address field holds at first: what waits for its confirmation, else what the school
    /// knows (J-C-14).
    var knownAddress: String { account.pendingEmail ?? guardian?.emailFromSchool ?? "" }

    /// Nil where no such form is due: the account is gone, closed, or has an own password by now.
    init?(
        _ id: Account.ID, in store: some StoreReading, _ policy: Policy, at now: Date
    ) throws {
        guard let account = try store.account(id) else { return nil }
        switch (account.state, PasswordStanding(account, at: now, policy.provisionalPassword)) {
        case (.notifiedNotActivated, .provisional): form = .activation
        case (.active, .provisional): form = .reset(asksAddress: account.email == nil)
        case (.active, .mustChange), (.activating, .mustChange): form = .mustChange
        case (.notNotified, _), (.notifiedNotActivated, _), (.activating, _), (.active, _),
            (.closed, _):
            return nil
        }
        let guardians = try store.guardians(of: id)
        self.account = account
        records = guardians
        guardian = guardians.latest
        children = try store.children(of: id, at: now).map(\.child)
    }

    /// - Parameter birthDates: whether they count, once the eldest child's is proved.
    func passwordContext(birthDates: Bool) -> PasswordContext {
        PasswordContext(
            identifier: account.identifier, guardians: records, children: children,
            birthDates: birthDates)
    }

    /// What the new password must differ from.
    var presentHash: String? { account.passwordHash ?? account.provisionalPasswordHash }
}

extension StepContext {
    func activationSubject(_ interaction: Interaction) async throws -> ActivationSubject? {
        guard let id = interaction.account?.id else { return nil }
        let (policy, now) = (desk.policy, now)
        return try await desk.store.read { try ActivationSubject(id, in: $0, policy, at: now) }
    }
}
