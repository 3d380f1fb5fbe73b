import Tokens

/// The text of a stored hash: only ours passes for one that needs no rehash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if !PasswordHash.needsRehash(text) {
        precondition(text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        precondition(text.utf8.count <= 256)
    }
    return 0
}
