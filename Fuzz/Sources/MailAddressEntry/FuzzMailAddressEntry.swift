import Flow

/// Whatever is typed: what is taken can stand in an envelope and in a header line as it is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let typed = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let address = try? MailAddressEntry(typed) else { return 0 }
    let bytes = Array(address.text.utf8)
    precondition(bytes.count <= MailAddressEntry.byteCountMax)
    precondition(bytes.allSatisfy { (0x21...0x7e).contains($0) }, "more than visible ASCII")
    precondition(
        !bytes.contains { "\"(),:;<>[\\]".utf8.contains($0) }, "a header could be read otherwise")
    precondition(bytes.filter { $0 == UInt8(ascii: "@") }.count == 1)
    guard let again = try? MailAddressEntry(address.text), again == address,
        again.text == address.text
    else { fatalError("written and read, it differs") }
    precondition(address.masked.contains("..."))
    return 0
}
