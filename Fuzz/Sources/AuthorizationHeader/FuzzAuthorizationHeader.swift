import Tokens

/// What is read has passed the rules, and written again it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let header = AuthorizationHeader(String(decoding: bytes, as: UTF8.self))
    switch header {
    case .basic(let clientID, let secret):
        precondition(!clientID.isEmpty)
        for half in [clientID, secret.text] {
            precondition(half.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character")
        }
        let halves = [clientID, secret.text].map { Form.encode([("", $0)]).dropFirst() }
        let text = Base64.encode(Array(halves.joined(separator: ":").utf8))
        precondition(AuthorizationHeader("basic " + text) == header, "written and read, it differs")
    case .bearer(let token):
        precondition(AuthorizationHeader("BEARER  " + token.text) == header)
        precondition(token.exposed.allSatisfy { (0x21...0x7E).contains($0) })
    case .malformed, .other: break
    }
    return 0
}
