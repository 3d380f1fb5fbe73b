import Tokens

/// A token that parses has three parts that are not empty, and none that nobody signed verifies.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    for rule in [JWS.EmbeddedKey.refused, .allowed] {
        guard let token = try? JWS.parse(text, embeddedKey: rule) else { continue }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        precondition(parts.count == 3 && parts.allSatisfy { !$0.isEmpty })
        precondition(rule == .allowed || token.header.embeddedKey == nil)
        precondition((try? JWS.verify(token, keys: JWKSet([]))) == nil)
    }
    return 0
}
