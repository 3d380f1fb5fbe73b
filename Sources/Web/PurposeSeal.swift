import FoundationEssentials
import Serving
import Store
import Tokens

/// Seals values of one purpose under a key of their own, which is derived from the store keys (D21),
/// each value bound to its context, such as `outbox/0190…`: in another place it doesn't open.
///
/// What is stored depends on the purpose's and the context's words: neither may change.
public struct PurposeSeal: Sendable {
    private let purpose: String
    private let keys: LiveKeys

    public init(_ purpose: String, keys: LiveKeys) {
        self.purpose = purpose
        self.keys = keys
    }

    /// The bytes of a `SealedBox`; nil without a store key.
    ///
    /// - Parameter random: gives the nonce, which no other box of this key may have.
    public func seal(
        _ content: [UInt8], context: String, random: (_ byteCount: Int) -> [UInt8], at now: Date
    ) -> [UInt8]? {
        guard let key = keys.current.currentStoreKey(at: now).flatMap(derived) else { return nil }
        return SealedBox.seal(
            content, context: context, key: key, nonce: random(SealedBox.nonceByteCount)
        ).bytes
    }

    /// Throws `.unknownKey` where this node has not read the key yet or has forgotten it; any other
    /// error is for good: the bytes were not sealed here for this purpose and context.
    public func open(_ sealed: [UInt8], context: String) throws(SealedBoxError) -> [UInt8] {
        try SealedBox(sealed).open(
            context: context, keys: keys.current.storeKeys.compactMap(derived))
    }

    /// Under the same id.
    private func derived(_ key: StoreKey) -> StoreKey? {
        StoreKey(id: key.id, bytes: key.derived(for: purpose))
    }
}
