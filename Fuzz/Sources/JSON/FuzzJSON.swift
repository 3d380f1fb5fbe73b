import Tokens

/// What is read is written so that it reads the same, and written again has the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let json = try? JSON(parsing: bytes) else { return 0 }
    let written = json.serialized()
    // Escapes make a text longer: only the reader's size limit may refuse it.
    guard let again = try? JSON(parsing: written, limits: .init(byteCount: .max)) else {
        fatalError("what was written can't be read")
    }
    precondition(again.serialized() == written, "written twice, it differs")
    return 0
}
