import FoundationEssentials
import Tokens

private let signer = try? Signer(
    key: PrivateKey(
        jwk: [
            "kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ]), algorithm: .edDSA, keyID: "k")

/// A payload that our own key signed is read by every reader of claims; what an ID token says is
/// written so that it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let payload = Array(UnsafeBufferPointer(start: start, count: count))
    guard let signer, let type = payload.first else { return 0 }
    let types: [String?] = [nil, "JWT", "at+jwt", "logout+jwt"]
    let now = Date(timeIntervalSince1970: 1_795_255_200)
    guard
        let key = try? JWK(signer.publicKey, keyID: "k", algorithm: .edDSA),
        let token = try? JWS.compact(
            payload: Array(payload.dropFirst()), type: types[Int(type) % 4], signer: signer)
    else { return 0 }
    let keys = JWKSet([key])
    _ = try? AccessTokenClaims.verified(token, keys: keys, issuer: "i", audience: "c", at: now)
    _ = try? LogoutTokenClaims.verified(token, keys: keys, issuer: "i", clientID: "c", at: now)
    guard let claims = try? IDTokenClaims.hint(token, keys: keys, issuer: "i") else { return 0 }
    guard let again = try? JWS.compact(payload: claims.payload(), signer: signer),
        again.utf8.count <= JWS.characterCountMax
    else { return 0 }
    guard let read = try? IDTokenClaims.hint(again, keys: keys, issuer: "i") else {
        fatalError("what was written can't be read")
    }
    precondition(read.payload() == claims.payload())
    return 0
}
