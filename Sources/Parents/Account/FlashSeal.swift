import Flow
import FoundationEssentials
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// Writes into an address what a page is to say, and tells what was written there for this browser
/// and this account from what anybody could write.
public struct FlashSeal: Sendable {
    private static let field = "avis"

    private let desk: Desk
    private let browser: Digest
    private let account: Account.ID
    private let now: Date

    /// - Parameter browser: the SHA-256 of its cookie.
    public init(_ desk: Desk, _ browser: Digest, _ account: Account.ID, at now: Date) {
        self.desk = desk
        self.browser = browser
        self.account = account
        self.now = now
    }

    /// A page of ours that says this; without a key it says nothing.
    public func address(of page: OwnPage, saying flash: Flash) -> String {
        let proof = proofs(of: flash).first.map { Self.field + "=\(flash.rawValue).\($0)" }
        return desk.url(page.path) + (proof.map { "?" + $0 } ?? "")
    }

    /// What the address has to say.
    func said(_ request: Request) -> Flash? {
        guard let text = try? RequestForm.query(request)[Self.field] else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let flash = Flash(rawValue: String(parts[0])),
            proofs(of: flash).contains(where: {
                ConstantTime.equal(Array($0.utf8), Array(parts[1].utf8))
            })
        else { return nil }
        return flash
    }

    /// Under the key in force first, then under those before it.
    private func proofs(of flash: Flash) -> [String] {
        let message = browser.bytes + account.bytes + Array(flash.rawValue.utf8)
        let ring = desk.keys.current
        let current = ring.currentStoreKey(at: now).map { [$0] } ?? []
        return (current + ring.storeKeys).map {
            Base64URL.encode(HMAC.sha256(key: $0.derived(for: "flash"), message: message))
        }
    }
}
