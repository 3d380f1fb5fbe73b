/// Whom an account stands for and represents, as its portal shows them: all that one page needs.
public struct Family: Sendable, Equatable {
    /// The account's directory records, oldest first; also those without a child.
    public var guardians: [Guardian]
    /// The children that the records represent now, by school and name, each once.
    public var children: [FamilyChild]

    public init(guardians: [Guardian], children: [FamilyChild]) {
        self.guardians = guardians
        self.children = children
    }
}

/// A child of a family, and what the teleservices know it by.
public struct FamilyChild: Sendable, Equatable {
    /// The child with its class and school.
    public var view: ChildView
    /// By sector; a sector whose clients were never told of the child is missing (design D8).
    public var subjects: [String: String]

    public init(view: ChildView, subjects: [String: String] = [:]) {
        self.view = view
        self.subjects = subjects
    }
}
