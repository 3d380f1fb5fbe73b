import Messages
import Outgoing

/// What passes is one recipient and nothing else, and the mail client takes it too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let address = MailAddress(text) else { return 0 }
    precondition(address.text == text)
    precondition(text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a control or a space")
    precondition(text.utf8.filter { $0 == UInt8(ascii: "@") }.count == 1)
    precondition(!text.utf8.contains { "<>()[]\\,;:\"%!".utf8.contains($0) })
    precondition(MailAddress(typed: "  \(text) ") == address)
    precondition(address.masked.contains("..."))
    precondition((try? SMTPMail(from: text, to: text, content: [])) != nil)
    return 0
}
