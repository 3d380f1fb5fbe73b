import Flow
import FoundationEssentials
import Parents
import Store
import Tokens
import Web

extension StepContext {
    /// Whose password was right here, as they are now.
    func account(of interaction: Interaction) async throws -> Account? {
        guard let id = interaction.account?.id else { return nil }
        return try await desk.store.read { try $0.account(id) }
    }

    /// A browser that has signed an account in is known from then on; the first time, the owner is told
    /// by mail, where an address is confirmed.
    func signInChanges(_ account: Account, browser: AttemptKey, isKnown: Bool) -> [Change] {
        let known = desk.knowing(browser, at: now)
        if isKnown { return [known] }
        let mail = AccountMails(desk: desk).signedInFromNewDevice(
            account, teleservice: destinationName, at: now)
        return [known] + [mail].compactMap { $0 }
    }

    /// The same of the interaction's browser, looked up.
    func signInChanges(
        _ account: Account, _ interaction: Interaction
    ) async throws -> [Change] {
        let browser = AttemptLimit.browserKey(of: account, interaction.browser)
        let isKnown = try await desk.store.read { try $0.isKnownBrowser(browser, at: now) }
        return signInChanges(account, browser: browser, isKnown: isKnown)
    }
}
