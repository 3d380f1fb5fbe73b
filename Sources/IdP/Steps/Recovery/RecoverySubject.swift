import Flow
import FoundationEssentials
import Messages
import Store
import Web

/// Whom a typed identifier names, and how the owner can be reached who lost the password.
struct RecoverySubject: Sendable {
    /// Why a new password can't be had so.
    enum Refusal: String, Error {
        /// Nobody's, or of an account that was absorbed.
        case unknown
        /// Not activated; or, by mail, without a confirmed address (J-X-09).
        case notReady = "not ready"
        case noNumber = "no number"
        /// The directory gives the number to somebody else as well.
        case sharedNumber = "shared number"
    }

    let account: Account?
    private let number: MobileNumber?
    private let isShared: Bool

    /// Looks up as much for nobody as for somebody.
    ///
    /// - Parameter nobody: an identifier of no row.
    init(_ account: Account?, nobody: Account.ID, in store: some StoreReading) throws {
        self.account = account
        let own = try store.guardians(of: account?.id ?? nobody)
        number = own.filter { $0.mobileNumber != nil }.latest?.mobileNumber
        let limit = EnrolmentCandidate.sharingNumberMax
        let holders = try store.guardians(
            mobile: (number ?? .fictitious).e164, limit: limit + 1)
        // One person may stand in the directory twice, and with two accounts (J §3.10.6).
        isShared =
            holders.count > limit
            || holders.contains { holder in
                holder.account != account?.id
                    && !own.contains { IdentityMatch.isOnePerson($0, holder) }
            }
    }

    /// Where M-3 goes.
    var mailbox: Result<(account: Account, address: MailAddress), Refusal> {
        active.flatMap { account in
            account.email.flatMap { MailAddress($0) }.map { .success((account, $0)) }
                ?? .failure(.notReady)
        }
    }

    /// Where the code goes: a number that the directory gives to no other person, since one in ten is
    /// shared (J-X-16).
    var telephone: Result<(account: Account, number: MobileNumber), Refusal> {
        active.flatMap { account in
            guard let number else { return .failure(.noNumber) }
            return isShared ? .failure(.sharedNumber) : .success((account, number))
        }
    }

    private var active: Result<Account, Refusal> {
        guard let account, account.state != .closed else { return .failure(.unknown) }
        return account.state == .active ? .success(account) : .failure(.notReady)
    }
}
