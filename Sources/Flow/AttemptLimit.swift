import FoundationEssentials
import Store
import Tokens

/// The one limiter of all that looks at a secret. A try is counted in the store before the secret is
/// looked at, so that a hundred simultaneous tries can't pass a limit of five, nor two nodes or a
/// restart (SR-45; security history 2.37, 2.38).
///
/// Keys are hashes of what was typed, not of what was found: an identifier that does not exist is
/// counted like one that does, and tells nothing (SR-46).
public enum AttemptLimit {
    /// A try of a password: per account and network with growing waits and a day's number, per account
    /// over all networks, per network and minute. A browser that has signed the account in before is
    /// counted for itself alone.
    ///
    /// - Parameters:
    ///   - identifier: as typed, trimmed and in lower case.
    ///   - network: the address of an IPv4 peer, the /56 of an IPv6 one.
    ///   - knownBrowser: the key of a browser that has signed this account in before. A stranger's
    ///     tries use up none of its limits, not even from the same network (SR-45: nobody locks
    ///     another one out).
    public static func password(
        identifier: String, network: String, knownBrowser: AttemptKey?,
        _ limits: Policy.PasswordAttempts
    ) -> [AttemptRule] {
        let place = place(network, knownBrowser)
        let ofPlace = [
            AttemptRule(
                key: key("password|day|" + identifier + "|" + place), windowSeconds: day,
                maximum: limits.perAccountAndNetworkADay),
            AttemptRule(
                key: waitKey(identifier: identifier, network: network, knownBrowser: knownBrowser),
                windowSeconds: day,
                maximum: limits.perAccountAndNetwork, lockSeconds: limits.wait.wholeSeconds,
                longestLockSeconds: limits.waitMax.wholeSeconds),
        ]
        if knownBrowser != nil { return ofPlace }
        return ofPlace + [
            AttemptRule(
                key: key("password|network|" + network), windowSeconds: 60,
                maximum: limits.perNetworkAMinute),
            AttemptRule(
                key: key("password|strangers|" + identifier), windowSeconds: day,
                maximum: limits.perAccountADay, lockSeconds: limits.waitMax.wholeSeconds),
        ]
    }

    /// The key that a right password clears: the waits of this known browser, or else of this network,
    /// for this account.
    public static func waitKey(
        identifier: String, network: String, knownBrowser: AttemptKey?
    ) -> AttemptKey {
        key("password|account|" + identifier + "|" + place(network, knownBrowser))
    }

    /// One refusal of a network a minute is written down: a flood must not fill the audit.
    public static func note(ofRefused network: String) -> AttemptRule {
        AttemptRule(key: key("refusal|" + network), windowSeconds: 60, maximum: 1)
    }

    /// Where a try comes from.
    private static func place(_ network: String, _ knownBrowser: AttemptKey?) -> String {
        knownBrowser.map { "browser|" + Base64URL.encode($0.bytes) } ?? "network|" + network
    }

    /// A form that is refused without that anything was tried: each is written into its flow.
    public static func refusedForms(of interaction: InteractionRecord.ID) -> [AttemptRule] {
        [
            AttemptRule(
                key: key("refused form|" + interaction.address), windowSeconds: 60, maximum: 30)
        ]
    }

    /// What writes into a flow, mostly its first row, without that somebody has shown anything.
    public enum FirstRow: String, Sendable {
        case refusedForm = "first form"
        case cancel = "giving up"
        case upstream
    }

    /// How often in a minute one network may do so (SR-66): far above what a school's evening for parents
    /// behind one address comes to, far below what would fill a disk before rows expire.
    public static func newFlows(by cause: FirstRow, network: String) -> [AttemptRule] {
        let maximum: Int64 =
            switch cause {
            case .refusedForm: 60
            case .cancel: 30
            case .upstream: 120
            }
        return [
            AttemptRule(
                key: key(cause.rawValue + "|network|" + network), windowSeconds: 60,
                maximum: maximum)
        ]
    }

    /// What an account and a browser are known by together.
    ///
    /// - Parameter epoch: of the account, 0 where there is none. What ends all its sessions (a new
    ///   password, a reset, an identity linked) makes strangers of its browsers: whoever used one may be
    ///   whom the owner shut out (security history 2.27).
    public static func browserKey(
        identifier: String, epoch: Int64, browser: Digest
    ) -> AttemptKey {
        key("known browser|" + identifier + "|" + Base64URL.encode(browser.bytes) + "|\(epoch)")
    }

    static let hour: Int64 = 3600
    static let day: Int64 = 86_400

    /// The same of an account that is known.
    public static func browserKey(of account: Account, _ browser: Digest) -> AttemptKey {
        browserKey(identifier: account.identifier, epoch: account.epoch, browser: browser)
    }

    static func key(_ text: String) -> AttemptKey {
        guard let key = AttemptKey(bytes: Digest.sha256(text).bytes) else {
            preconditionFailure("a SHA-256 value has 32 bytes")
        }
        return key
    }
}
