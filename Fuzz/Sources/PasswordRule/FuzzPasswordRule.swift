import Flow

private let nobody = PasswordContext(identifier: "", names: [], birthDates: [])

/// A password, and behind the first line end what is known of its owner.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    var known = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let password = known.removeFirst()
    let context = PasswordContext(
        identifier: known.first ?? "", names: known, birthDates: known)
    for rule in [PasswordRule.educonnect, .modern] {
        let problem = rule.problem(of: password, context: context)
        precondition((problem == .rule) == !rule.isKept(by: password))
        // Knowing more never makes a password better.
        let ofAnybody = rule.problem(of: password, context: nobody)
        precondition(ofAnybody == nil || problem != nil)
    }
    return 0
}
