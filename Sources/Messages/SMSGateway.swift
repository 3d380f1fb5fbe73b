/// Something that takes SMS: an HTTP gateway, or the folder of a development machine.
public protocol SMSGateway: Sendable {
    /// Hands a message over without a look at its number; call `deliver`.
    func send(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome
}

extension SMSGateway {
    /// Hands a message over if it may go: to a French mobile, in a few segments (security.md 2.40).
    public func deliver(_ message: TextMessage, _ consignment: Consignment) async -> DeliveryOutcome
    {
        guard message.number.isFrenchMobile else { return .refused("not a French mobile") }
        guard !message.text.isEmpty, message.segments <= TextMessage.segmentsMax else {
            return .refused("too long")
        }
        return await send(message, consignment)
    }
}

/// The sender that a telephone shows instead of a number: « EduConnect ».
///
/// 3 to 11 letters and digits, not digits only: the operators block everything else (AF2M).
public struct SMSSender: Sendable, Equatable {
    public let text: String

    public init?(_ text: String) {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard (3...11).contains(text.utf8.count), !text.utf8.allSatisfy(isDigit),
            text.utf8.allSatisfy({
                isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
            })
        else { return nil }
        self.text = text
    }
}
