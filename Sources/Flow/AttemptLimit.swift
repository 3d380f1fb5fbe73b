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
    /// A try of a password: per account and network with growing waits, per account and day over
    /// browsers that never signed it in, per network and minute. A browser that has signed the account
    /// in before is counted for itself alone.
    ///
    /// - Parameters:
    ///   - identifier: as typed, trimmed and in lower case.
    ///   - network: the address of an IPv4 peer, the /64 of an IPv6 one.
    ///   - knownBrowser: the key of a browser that has signed this account in before. A stranger's
    ///     tries use up none of its limits, not even from the same network (SR-45: nobody locks
    ///     another one out).
    public static func password(
        identifier: String, network: String, knownBrowser: AttemptKey?,
        _ limits: Policy.PasswordAttempts
    ) -> [AttemptRule] {
        let day = knownBrowser.map(name) ?? "strangers"
        let ofAccount = [
            AttemptRule(
                key: key("password|day|" + identifier + "|" + day), windowSeconds: 86_400,
                maximum: limits.perAccountADay),
            AttemptRule(
                key: waitKey(identifier: identifier, network: network, knownBrowser: knownBrowser),
                windowSeconds: 86_400,
                maximum: limits.perAccountAndNetwork, lockSeconds: limits.wait.wholeSeconds,
                longestLockSeconds: limits.waitMax.wholeSeconds),
        ]
        if knownBrowser != nil { return ofAccount }
        let ofNetwork = AttemptRule(
            key: key("password|network|" + network), windowSeconds: 60,
            maximum: limits.perNetworkAMinute)
        return [ofNetwork] + ofAccount
    }

    /// The key that a right password clears: the waits of this known browser, or else of this network,
    /// for this account.
    public static func waitKey(
        identifier: String, network: String, knownBrowser: AttemptKey?
    ) -> AttemptKey {
        let place = knownBrowser.map(name) ?? "network|" + network
        return key("password|account|" + identifier + "|" + place)
    }

    /// One refusal of a network a minute is written down: a flood must not fill the audit.
    public static func note(ofRefused network: String) -> AttemptRule {
        AttemptRule(key: key("refusal|" + network), windowSeconds: 60, maximum: 1)
    }

    private static func name(of browser: AttemptKey) -> String {
        "browser|" + Base64URL.encode(browser.bytes)
    }

    /// What an account and a browser are known by together.
    public static func browserKey(identifier: String, browser: Digest) -> AttemptKey {
        key("known browser|" + identifier + "|" + Base64URL.encode(browser.bytes))
    }

    static func key(_ text: String) -> AttemptKey {
        guard let key = AttemptKey(bytes: Digest.sha256(text).bytes) else {
            preconditionFailure("a SHA-256 value has 32 bytes")
        }
        return key
    }
}
