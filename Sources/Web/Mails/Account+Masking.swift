import Messages
import Store

// What a screen or a mail shows to somebody who need not be the account's owner: enough for the owner
// to know their own again (journeys.md §2.12, J-F-08). Addresses: `MailAddress.masked`.
extension Account {
    /// First two characters, `...`, last character: « al...x ».
    public var maskedIdentifier: String { "\(identifier.prefix(2))...\(identifier.suffix(1))" }

    /// « m...fr », of the confirmed address; nil without one.
    public var maskedEmail: String? { email.flatMap { MailAddress($0)?.masked } }
}
