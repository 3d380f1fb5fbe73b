/// An address, and behind the first line end a range: what is read is written so that it reads the
/// same, and an address lies in a range made of itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        .map { String(decoding: $0, as: UTF8.self) }
    guard let first = parts.first, let address = NetworkAddress(first) else { return 0 }
    precondition(NetworkAddress(address.description) == address, "written and read, it differs")
    precondition(NetworkRange(address.description)?.contains(address) == true)
    precondition(!address.networkKey.isEmpty)
    if parts.count == 2, let range = NetworkRange(parts[1]) { _ = range.contains(address) }
    return 0
}
