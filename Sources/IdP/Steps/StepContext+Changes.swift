import Flow
import FoundationEssentials
import Store
import Web

// Changes that several steps make.
extension StepContext {
    /// What is noted of a step (SR-63).
    ///
    /// - Parameter detail: never a secret, nor a birth date.
    func audit(_ kind: String, _ account: Account?, _ detail: String = "") -> Change {
        .audit(
            AuditEvent(
                id: desk.makeID(at: now), at: now, kind: kind, account: account?.id,
                client: client.id, network: network, detail: detail))
    }

    /// A browser that has signed an account in is known from then on; the first time, the owner is told
    /// by mail, where an address is confirmed.
    func signInChanges(_ account: Account, browser: AttemptKey, isKnown: Bool) -> [Change] {
        let memory = desk.policy.passwordAttempts.browserMemory
        let known = Change.knowBrowser(KnownBrowser(key: browser, expiresAt: now + memory))
        if isKnown { return [known] }
        let mail = AccountMails(desk: desk).signedInFromNewDevice(
            account, teleservice: client.displayName, at: now)
        return [known] + [mail].compactMap { $0 }
    }
}
