import Flow
import Store
import Tokens

/// What is read is written so that it reads the same; anything else is nothing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let facts = Fact.ofSession(bytes)
    precondition(Fact.ofSession(Fact.keptBySession(facts)).count <= facts.count)
    guard let interaction = Interaction(encoded: bytes, revision: 1) else { return 0 }
    precondition(
        Interaction(encoded: interaction.encoded(), revision: 1) == interaction,
        "written and read, it differs")
    return 0
}
