import Tokens

/// A token that is read is written as the same text, and is of one kind only.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let tokens = OpaqueToken.Kind.allCases.compactMap { OpaqueToken(text, kind: $0) }
    precondition(tokens.count <= 1, "of two kinds")
    for token in tokens {
        precondition(Array(token.text.utf8) == Array(text.utf8))
        precondition(token.hash.count == 32)
    }
    return 0
}
