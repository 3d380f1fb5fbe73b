/// The one pass over a form's bytes.
enum FormParser {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    static func parse(_ bytes: Bytes) -> Result<[Form.Parameter], FormError> {
        guard bytes.count <= Form.byteCountMax else { return .failure(.tooLarge) }
        var parameters: [Form.Parameter] = []
        parameters.reserveCapacity(12)
        var start = 0
        while start < bytes.count {
            var end = start
            var equals: Int?
            // Set when a byte of the piece needs more than a copy.
            var isPlain = true
            while end < bytes.count {
                let byte = bytes[end]
                if byte == UInt8(ascii: "&") { break }
                if byte == UInt8(ascii: "="), equals == nil { equals = end }
                isPlain = isPlain && plain[Int(byte)]
                end += 1
            }
            defer { start = end + 1 }
            guard end > start else { continue }
            guard parameters.count < Form.parameterCountMax else {
                return .failure(.tooManyParameters)
            }
            let nameEnd = equals ?? end
            let valueStart = equals.map { $0 + 1 } ?? end
            do {
                let name = try text(
                    bytes, start..<nameEnd, isPlain, atMost: Form.nameByteCountMax, .nameTooLong)
                let value = try text(
                    bytes, valueStart..<end, isPlain, atMost: Form.valueByteCountMax,
                    .valueTooLong)
                parameters.append(Form.Parameter(name, value))
            } catch {
                return .failure(error)
            }
        }
        return .success(parameters)
    }

    /// One encoded text, as the two in `Authorization: Basic`; nil when it is no such text.
    static func component(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            try? text(bytes, bytes.indices, false, atMost: Form.valueByteCountMax, .valueTooLong)
        }
    }

    /// Bytes that stand for themselves: visible ASCII but `%` and `+`.
    private static let plain: [Bool] = (0..<256).map { byte in
        (0x21...0x7e).contains(byte) && byte != 0x25 && byte != 0x2b
    }

    private static func text(
        _ bytes: Bytes, _ range: Range<Int>, _ isPlain: Bool, atMost limit: Int,
        _ tooLong: FormError
    ) throws(FormError) -> String {
        let piece = Bytes(rebasing: bytes[range])
        // Three bytes may stand for one; the decoded text is measured below.
        guard piece.count <= 3 * limit else { throw tooLong }
        if isPlain {
            guard piece.count <= limit else { throw tooLong }
            return String(decoding: piece, as: UTF8.self)
        }
        var failure: FormError?
        let text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, piece.count)) {
            out -> String in
            switch decode(piece, into: out) {
            case .failure(let error):
                failure = error
                return ""
            case .success(let count):
                guard count <= limit else {
                    failure = tooLong
                    return ""
                }
                guard let text = String(validating: Bytes(rebasing: out[..<count]), as: UTF8.self)
                else {
                    failure = .notUTF8
                    return ""
                }
                return text
            }
        }
        if let failure { throw failure }
        return text
    }

    /// The number of bytes written; `out` is as long as `piece`.
    private static func decode(
        _ piece: Bytes, into out: UnsafeMutableBufferPointer<UInt8>
    ) -> Result<Int, FormError> {
        var input = 0
        var output = 0
        while input < piece.count {
            var byte = piece[input]
            input += 1
            switch byte {
            case UInt8(ascii: "+"):
                byte = UInt8(ascii: " ")
            case UInt8(ascii: "%"):
                guard input + 2 <= piece.count, let high = nibble(piece[input]),
                    let low = nibble(piece[input + 1])
                else { return .failure(.badEscape) }
                byte = high << 4 | low
                input += 2
                guard byte != 0 else { return .failure(.controlCharacter) }
            case 0:
                return .failure(.controlCharacter)
            default:
                guard plain[Int(byte)] else { return .failure(.badEscape) }
            }
            out[output] = byte
            output += 1
        }
        return .success(output)
    }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
