import HTML
import Store
import Web

/// Who is signed in, before something is done in their name.
struct SignedInPerson: Component {
    /// « Valéry DURANT »
    let name: String

    var markup: Markup {
        p(.class("hint"), .id("signed-in-person"), text: "Connecté en tant que \(name)")
    }
}

extension StoreReading {
    /// The name that the directory wrote last for an account, or its identifier; nil where the account
    /// is gone.
    func personName(of account: Account.ID) throws -> String? {
        let guardian = try guardians(of: account).latest
        if let guardian { return "\(guardian.firstName) \(guardian.lastName)" }
        return try self.account(account)?.identifier
    }
}
