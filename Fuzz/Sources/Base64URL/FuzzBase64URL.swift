import Tokens

/// A value has one text, and every text that is read is that one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    precondition(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    precondition(Base64.decode(Base64.encode(bytes)) == bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    if let value = Base64URL.decode(text) { precondition(Base64URL.encode(value) == text) }
    if let value = Base64.decode(text) { precondition(Base64.encode(value) == text) }
    return 0
}
