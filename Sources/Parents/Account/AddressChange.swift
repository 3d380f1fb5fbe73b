import Flow
import FoundationEssentials
import Hummingbird
import Messages
import Store
import Tokens
import Web

/// Another address for an active account, on its way: it waits, M-5 goes to it with a link of its own,
/// and M-4 tells the confirmed one. Until the link is spent every mail goes to the confirmed address
/// (J-E-07 to J-E-09, J-E-17).
public struct AddressChange: Sendable {
    /// To be written together.
    public let changes: [Change]
    /// How often that may be done (SR-53).
    public let rules: [AttemptRule]
    /// For the audit: whether the address waits already.
    public let detail: String

    /// The address is given, or the mail is to go out again to the one that waits.
    ///
    /// Throws `AccountChange.Refused`, or 503 without a key to seal with.
    ///
    /// - Parameter browser: where it was asked for.
    public init(
        to address: MailAddress, of account: Account, askedIn browser: Digest, _ desk: Desk,
        at now: Date
    ) throws {
        let given = try AccountChange(
            .addressGiven(address.text), of: account, desk.policy, at: now)
        let isKept = account.pendingEmail == address.text
        self = try AddressChange(
            mailsTo: address, of: given.account, tellsConfirmed: !isKept, after: given.changes,
            askedIn: browser, desk, at: now)
    }

    /// The mails of an address that waits by what another change does.
    ///
    /// - Parameters:
    ///   - account: as `changes` make it.
    ///   - tellsConfirmed: M-4 is for what the owner of the confirmed address doesn't know yet.
    public init(
        mailsTo address: MailAddress, of account: Account, tellsConfirmed: Bool,
        after changes: [Change], askedIn browser: Digest, _ desk: Desk, at now: Date
    ) throws {
        let mails = AccountMails(desk: desk)
        let expiresAt = now + desk.policy.mailLinks.addressChange
        let token = desk.makeToken(.mailToken, at: now)
        let confirmation = mails.addressChange(
            account, to: address, token: token, expiresAt: expiresAt, at: now)
        guard let confirmation else { throw HTTPError(.serviceUnavailable) }
        let link = MailToken(
            reference: token.reference, purpose: .addressChange, account: account.id,
            accountEpoch: account.epoch, address: address.text, browserHash: browser.bytes,
            createdAt: now, expiresAt: expiresAt)
        let notice =
            tellsConfirmed
            ? mails.addressChanging(account, to: address, token: token, at: now) : nil
        self.changes =
            changes + [.issueMailToken(link), confirmation] + [notice].compactMap { $0 }
        rules = AttemptLimit.mails(to: address.text, account: account.id, desk.policy.sends)
        detail = tellsConfirmed ? "given" : "kept"
    }
}
