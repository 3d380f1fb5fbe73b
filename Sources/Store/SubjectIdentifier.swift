/// Whom a subject identifier stands for.
public enum SubjectOwner: Hashable, Sendable {
    case account(Account.ID)
    case child(Child.ID)
}

/// The `sub` of an account, or the `id` of a child, for the clients of one sector (design D8).
///
/// Written once, never changed, never reassigned.
public struct SubjectIdentifier: Sendable, Equatable {
    public var owner: SubjectOwner
    public var sector: String
    /// Random, unique within the sector.
    public var value: String

    public init(owner: SubjectOwner, sector: String, value: String) {
        self.owner = owner
        self.sector = sector
        self.value = value
    }
}
