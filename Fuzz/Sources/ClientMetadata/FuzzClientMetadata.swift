import Tokens

/// A registration that is accepted is written so that it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let json = try? JSON(parsing: bytes) else { return 0 }
    for development in [false, true] {
        do {
            let metadata = try ClientMetadata(json, development: development)
            let again = try ClientMetadata(metadata.json, development: development)
            precondition(again == metadata, "written and read, it differs")
            for uri in metadata.redirectURIs {
                precondition(metadata.redirectURI(matching: uri.text) != nil)
            }
            precondition(metadata.jwks == nil || metadata.jwksURI == nil)
        } catch {
            precondition(!error.errors.isEmpty, "refused without a reason")
            precondition(
                error.oauthError.description.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
    }
    return 0
}
