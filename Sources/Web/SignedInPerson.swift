import HTML
import Store

/// Who is signed in, before something is done in their name.
public struct SignedInPerson: Component {
    /// « Valéry DURANT »
    let name: String

    public init(name: String) { self.name = name }

    public var markup: Markup {
        p(.class("hint"), .id("signed-in-person"), text: "Connecté en tant que \(name)")
    }
}

extension Guardian {
    /// « Valéry DURANT »
    public var fullName: String {
        [firstName, lastName.uppercased()].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension StoreReading {
    /// The name that the directory wrote last for an account, or its identifier; nil where the account
    /// is gone.
    public func personName(of account: Account.ID) throws -> String? {
        let guardian = try guardians(of: account).latest
        if let guardian { return guardian.fullName }
        return try self.account(account)?.identifier
    }
}
