import Tokens

/// A set that is read has distinct kids and no private member, and is written so that it reads the
/// same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let json = try? JSON(parsing: bytes) {
        if let key = try? JWK(json) {
            // Chance would hardly write the same key twice.
            let twice = try? JWKSet(["keys": [json, json]])
            precondition((twice == nil) == (key.keyID != nil), "two keys of one kid")
        }
        _ = try? PrivateKey(jwk: json)
    }
    guard let set = try? JWKSet(parsing: bytes) else { return 0 }
    let names = set.keys.compactMap(\.keyID)
    precondition(Set(names).count == names.count, "two keys of one kid")
    guard let again = try? JWKSet(set.json) else { fatalError("what was written can't be read") }
    precondition(again == set)
    for key in set.keys {
        precondition(key.thumbprint.utf8.count == 43)
        precondition(key.json.member("d") == nil)
    }
    return 0
}
