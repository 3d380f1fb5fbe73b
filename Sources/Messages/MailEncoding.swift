import FoundationEssentials

/// A mail as it goes over the wire.
///
/// Source: RFC 5322 (message), 2045 and 2046 (MIME, multipart/alternative), 2047 (words in headers),
/// 3834 §5 (`Auto-Submitted`). The same mail and consignment give the same bytes, so that a second
/// delivery is recognised by its `Message-ID`.
enum MailEncoding {
    static func render(_ mail: Mail, from sender: MailSender, _ consignment: Consignment) -> [UInt8]
    {
        let boundary = "=_\(consignment.id)"  // `=_` stands in no quoted-printable text
        var output: [UInt8] = []
        output.reserveCapacity(2 * (mail.text.utf8.count + mail.html.utf8.count) + 1024)
        let fields = [
            "Date: \(date(consignment.date))",
            "From: \(EncodedWord.encode(sender.name, after: 6))",
            " <\(sender.address)>",
            "To: <\(mail.to)>",
            "Message-ID: <\(consignment.id)@\(sender.address.domain)>",
            "Subject: \(EncodedWord.encode(mail.subject, after: 9))",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        for field in fields { output.append(line: field) }
        for (type, text) in [("plain", mail.text), ("html", mail.html)] {
            output.append(line: "")
            output.append(line: "--\(boundary)")
            output.append(line: "Content-Type: text/\(type); charset=utf-8")
            output.append(line: "Content-Transfer-Encoding: quoted-printable")
            output.append(line: "")
            QuotedPrintable.append(text, to: &output)
        }
        output.append(line: "")
        output.append(line: "--\(boundary)--")
        return output
    }

    /// `Sun, 06 Nov 1994 08:49:37 +0000` (RFC 5322 §3.3).
    static func date(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
        func two(_ number: Int?) -> String {
            let digits = String(number ?? 0)
            return digits.utf8.count < 2 ? "0" + digits : digits
        }
        let weekday = name(parts.weekday, of: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"])
        let month = name(
            parts.month,
            of: [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ])
        return "\(weekday), \(two(parts.day)) \(month) \(parts.year ?? 1970) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }

    private static func name(_ number: Int?, of names: [String]) -> String {
        guard let number, names.indices.contains(number - 1) else { return names[0] }
        return names[number - 1]
    }
}

/// Text of any language as ASCII lines of 76 characters at most.
///
/// Source: RFC 2045 §6.7.
enum QuotedPrintable {
    private static let lineBytesMax = 76

    /// Any line end of `text` becomes CR LF, and one ends the last line.
    static func append(_ text: String, to output: inout [UInt8]) {
        let bytes = Array(text.utf8)
        var used = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            index += 1
            if byte == 13 || byte == 10 {
                if byte == 13, next == 10 { index += 1 }
                output.append(contentsOf: [13, 10])
                used = 0
                continue
            }
            // White space before a line end would be lost on the way.
            let endsLine = next == nil || next == 13 || next == 10
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain =
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !endsLine
            let width = isPlain ? 1 : 3
            // One place is kept for the `=` of a soft line break.
            if used + width > lineBytesMax - 1 {
                output.append(contentsOf: [UInt8(ascii: "="), 13, 10])
                used = 0
            }
            if isPlain { output.append(byte) } else { output.append(escaped: byte) }
            used += width
        }
        if used > 0 || bytes.isEmpty { output.append(contentsOf: [13, 10]) }
    }
}

/// A phrase or unstructured text of a header, made so that nothing in it can end its line.
///
/// Source: RFC 2047. Printable ASCII that fits stands as it is; all else is `=?utf-8?q?…?=`, one word
/// a line, 75 characters each. Controls and line separators become spaces.
enum EncodedWord {
    private static let opening = "=?utf-8?q?"
    private static let closing = "?="
    private static let wordBytesMax = 75
    private static let lineBytesMax = 76
    /// A longer header is no subject.
    static let bytesMax = 400

    /// - Parameter column: where on its line the text begins.
    static func encode(_ text: String, after column: Int) -> String {
        let clean = cleaned(text)
        let isPlain = clean.utf8.allSatisfy { $0 == 0x20 || isSafe($0) || $0 == UInt8(ascii: "-") }
        if isPlain, column + clean.utf8.count <= lineBytesMax { return clean }
        var lines: [String] = []
        var word: [UInt8] = []
        var room = lineBytesMax - column
        for scalar in clean.unicodeScalars {
            let encoded = encode(scalar)
            let bound = min(room, wordBytesMax) - opening.utf8.count - closing.utf8.count
            if word.count + encoded.count > bound {
                lines.append(String(decoding: word, as: UTF8.self))
                word = []
                room = lineBytesMax - 1
            }
            word += encoded
        }
        lines.append(String(decoding: word, as: UTF8.self))
        return lines.map { opening + $0 + closing }.joined(separator: "\r\n ")
    }

    /// White space of any kind is one space, controls and invisible characters are none.
    private static func cleaned(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where clean.count < bytesMax {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
            case .format, .surrogate, .privateUse, .unassigned: continue
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// A character is never divided over two words (§5, 3).
    private static func encode(_ scalar: Unicode.Scalar) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() {
            if byte == 0x20 {
                bytes.append(UInt8(ascii: "_"))
            } else if isSafe(byte) {
                bytes.append(byte)
            } else {
                bytes.append(escaped: byte)
            }
        }
        return bytes
    }

    /// What may stand unencoded in a word of a phrase (§5, 3), without the hyphen.
    private static func isSafe(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

extension [UInt8] {
    fileprivate mutating func append(line: String) {
        append(contentsOf: line.utf8)
        append(contentsOf: [13, 10])
    }

    fileprivate mutating func append(escaped byte: UInt8) {
        let digits = Array("0123456789ABCDEF".utf8)
        append(UInt8(ascii: "="))
        append(digits[Int(byte >> 4)])
        append(digits[Int(byte & 15)])
    }
}
