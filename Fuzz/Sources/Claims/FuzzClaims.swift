import FoundationEssentials
import Tokens

private let signer = try? Signer(
    key: PrivateKey(
        jwk: [
            "kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ]), algorithm: .edDSA, keyID: "k")

/// A payload that our own key signed, by the reader that the first byte chooses; what an ID token says
/// is written so that it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let payload = Array(input.dropFirst())
    // Signing what isn't an object would take most of the time and lead nowhere.
    guard let signer, let reader = input.first, let json = try? JSON(parsing: payload),
        case .object = json, let key = try? JWK(signer.publicKey, keyID: "k", algorithm: .edDSA)
    else { return 0 }
    let keys = JWKSet([key])
    let now = Date(timeIntervalSince1970: 1_795_255_200)
    func token(_ payload: [UInt8], _ type: String?) -> String {
        (try? JWS.compact(payload: payload, type: type, signer: signer)) ?? ""
    }
    switch reader % 3 {
    case 0:
        guard
            let claims = try? IDTokenClaims.hint(
                token(payload, reader < 128 ? nil : "JWT"), keys: keys, issuer: "i")
        else { return 0 }
        let again = token(claims.payload(), nil)
        guard again.utf8.count <= JWS.characterCountMax else { return 0 }
        guard let read = try? IDTokenClaims.hint(again, keys: keys, issuer: "i") else {
            fatalError("what was written can't be read")
        }
        precondition(read.payload() == claims.payload(), "written and read, it differs")
    case 1:
        let token = token(payload, "at+jwt")
        let claims = try? AccessTokenClaims.verified(
            token, keys: keys, issuer: "i", audience: "c", at: now)
        if let claims { precondition(claims.expiresAt > now && claims.audience.contains("c")) }
    default:
        let token = token(payload, "logout+jwt")
        let claims = try? LogoutTokenClaims.verified(
            token, keys: keys, issuer: "i", clientID: "c", at: now)
        if let claims { precondition(claims.subject != nil || claims.sessionID != nil) }
    }
    return 0
}
