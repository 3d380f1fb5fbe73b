import HTTPTypes

private let names = ["__Host-educonnect", "educonnect_browser", "a", ""]

/// The `Cookie` fields of a request, one a line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    var headers = HTTPFields()
    for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 8) {
        headers.append(HTTPField(name: .cookie, value: String(decoding: line, as: UTF8.self)))
    }
    let jar = CookieJar(headers)
    for name in names {
        guard let value = jar[name] else { continue }
        precondition(!jar.duplicates.contains(name), "a doubled cookie has a value")
        precondition(value.utf8.count <= CookieJar.maxValueBytes)
        precondition(value.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }
    return 0
}
