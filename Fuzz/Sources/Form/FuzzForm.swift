import Tokens

/// What is read is written so that it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let form = try? Form(parsing: bytes) else { return 0 }
    let pairs = form.parameters.map { ($0.name, $0.value) }
    let text = Form.encode(pairs)
    guard text.utf8.count <= Form.byteCountMax else { return 0 }
    guard let again = try? Form(parsing: text) else { fatalError("what was written can't be read") }
    precondition(again == form, "written and read, it differs")
    let counts = Dictionary(pairs.map { ($0.0, 1) }, uniquingKeysWith: +)
    precondition(Set(form.duplicates) == Set(counts.filter { $0.value > 1 }.keys))
    return 0
}
