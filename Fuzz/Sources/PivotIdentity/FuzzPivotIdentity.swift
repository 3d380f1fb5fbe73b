import Federation
import Tokens

/// What is read is bounded and keeps its spelling; anything else is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let claims = try? JSON(parsing: bytes).members(),
        let person = try? PivotIdentity(claims)
    else { return 0 }
    precondition(person.givenNameArray.count <= PivotIdentity.givenNameCountMax)
    for name in person.givenNameArray
        + [person.familyName, person.preferredUsername].compactMap({ $0 })
    {
        precondition((1...PivotIdentity.nameByteCountMax).contains(name.utf8.count))
        precondition(!name.utf8.contains { $0 < 0x20 }, "a control character")
    }
    return 0
}
