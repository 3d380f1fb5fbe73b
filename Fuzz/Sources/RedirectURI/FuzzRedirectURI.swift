import Tokens

/// A URI that may be registered is https or on this machine, has no fragment or user information,
/// and keeps its beginning when parameters are added.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let uri = try? URIReference(text) {
        _ = uri.origin
        precondition(uri.appending(query: []) == text)
    }
    for rules in [RedirectURI.Rules.web, .native, .development] {
        guard let uri = try? RedirectURI(text, rules: rules) else { continue }
        precondition(uri.matches(text) && uri.matches(text, loopbackPortVaries: true))
        precondition(!text.utf8.contains(UInt8(ascii: "#")))
        precondition(text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x5c })
        let authority = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        if uri.uri.host != nil {
            precondition(
                authority.count == 3
                    && !(authority[2].prefix { $0 != "/" && $0 != "?" }).contains("@"))
        }
        switch uri.uri.scheme {
        case "https": break
        case "http":
            precondition(rules != .web)
            precondition(
                uri.uri.host?.isLoopbackAddress == true || uri.uri.host?.isLocalhost == true)
        default: precondition(uri.uri.scheme.contains(".") && uri.uri.host == nil)
        }
        let answer = uri.appending(query: [("code", "c"), ("state", "\r\n\"<")])
        precondition(answer.hasPrefix(text))
        guard let read = try? URIReference(answer), let query = read.query,
            let form = try? Form(parsing: query)
        else {
            precondition(
                answer.utf8.count > URIReference.byteCountMax || text.utf8.count > 1800
                    || text.utf8.filter { $0 == UInt8(ascii: "&") }.count > 50)
            continue
        }
        precondition(form["code"] == "c" && form["state"] == "\r\n\"<")
        precondition(!form.duplicates.contains("code"))
        precondition(read.host == uri.uri.host && read.path == uri.uri.path)
    }
    return 0
}
