import Tokens

private let key = StoreKey(id: "0a0b0c0d", bytes: (0..<32).map { $0 })

/// A box opens as it was sealed, and no other bytes open.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let key else { fatalError("no key") }
    let genuine = SealedBox.seal(
        Array("content".utf8), context: "c", key: key, nonce: [UInt8](repeating: 7, count: 12))
    if (try? SealedBox(bytes).open(context: "c", keys: [key])) != nil {
        precondition(bytes == genuine.bytes, "a forgery opened")
    }
    // The input as a mask over the genuine box: any change must close it.
    var masked = genuine.bytes
    for index in masked.indices where index < bytes.count { masked[index] ^= bytes[index] }
    if masked != genuine.bytes {
        precondition((try? SealedBox(masked).open(context: "c", keys: [key])) == nil)
    }
    let box = SealedBox.seal(
        bytes, context: "c", key: key, nonce: [UInt8](repeating: 8, count: 12))
    precondition((try? box.open(context: "c", keys: [key])) == bytes)
    precondition((try? box.open(context: "d", keys: [key])) == nil)
    return 0
}
