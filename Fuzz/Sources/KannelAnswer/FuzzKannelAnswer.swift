import Messages

/// Whatever a gateway says, a message counts as taken under a 2xx only, and as refused under a 4xx.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let status = 100 + Int(bytes.first ?? 0) * 2
    switch KannelAnswer(status: status, body: Array(bytes.dropFirst())).outcome {
    case .accepted: precondition((200..<300).contains(status))
    case .refused(let reason):
        precondition((400..<500).contains(status))
        precondition(reason.utf8.count < 20, "the gateway's words are not kept")
    case .later(let reason): precondition(reason.utf8.count < 40)
    }
    return 0
}
