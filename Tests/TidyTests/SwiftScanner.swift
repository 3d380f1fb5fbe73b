/// Reads Swift text well enough to tell code from comments and strings, and where functions end.
enum SwiftScanner {
    /// The text with every comment and every string literal's inside replaced by spaces.
    /// Newlines stay, so that line numbers hold; interpolated code inside strings is blanked too.
    static func code(of text: String) -> String {
        var blanker = Blanker(Array(text.utf8))
        return blanker.run()
    }

    /// A function, initialiser, subscript or computed property, with its first and last line.
    struct Body: Equatable, Sendable {
        let name: String
        let firstLine: Int
        let lastLine: Int
        var lineCount: Int { lastLine - firstLine + 1 }
    }

    /// The bodies in a text that `code(of:)` made.
    static func bodies(in code: String) -> [Body] {
        let bytes = Array(code.utf8)
        var bodies: [Body] = []
        var line = 1
        var index = 0
        while index < bytes.count {
            if bytes[index] == newline { line += 1 }
            guard let word = word(at: index, in: bytes) else {
                index += 1
                continue
            }
            let isMember = index > 0 && bytes[index - 1] == UInt8(ascii: ".")
            if !isMember, ["func", "init", "deinit", "subscript", "var"].contains(word),
                let open = opening(
                    after: index + word.utf8.count, isVariable: word == "var", in: bytes)
            {
                let close = closing(of: open, in: bytes)
                let span = bytes[index...min(close, bytes.count - 1)]
                let name =
                    word == "func" || word == "var"
                    ? nextWord(after: index + word.utf8.count, in: bytes) : word
                let height = span.count { $0 == newline }
                bodies.append(Body(name: name, firstLine: line, lastLine: line + height))
            }
            index += word.utf8.count
        }
        return bodies
    }

    /// The brace that opens the body of a declaration, or nil where it has none (a requirement of
    /// a protocol, a stored property).
    private static func opening(after start: Int, isVariable: Bool, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return index
            case UInt8(ascii: "}") where depth == 0: return nil
            case UInt8(ascii: "="), newline:
                if isVariable && depth == 0 { return nil }
            default:
                if depth == 0, let word = word(at: index, in: bytes),
                    ["func", "init", "var", "let", "case", "static", "subscript", "associatedtype"]
                        .contains(word)
                {
                    return nil
                }
            }
            if depth < 0 { return nil }
            index += 1
        }
        return nil
    }

    private static func closing(of open: Int, in bytes: [UInt8]) -> Int {
        var depth = 0
        for index in open..<bytes.count {
            if bytes[index] == UInt8(ascii: "{") { depth += 1 }
            if bytes[index] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return index }
        }
        return bytes.count - 1
    }

    /// The word that begins at this place; nil in the middle of a word and outside words.
    private static func word(at index: Int, in bytes: [UInt8]) -> String? {
        guard isWord(bytes[index]), index == 0 || !isWord(bytes[index - 1]) else { return nil }
        let end = bytes[index...].firstIndex { !isWord($0) } ?? bytes.count
        return String(decoding: bytes[index..<end], as: UTF8.self)
    }

    private static func nextWord(after index: Int, in bytes: [UInt8]) -> String {
        let rest = bytes[index...].drop { $0 == UInt8(ascii: " ") }
        return String(decoding: rest.prefix { isWord($0) }, as: UTF8.self)
    }

    private static let newline = UInt8(ascii: "\n")

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }
}

/// Walks the bytes once and blanks comments and strings.
private struct Blanker {
    private let bytes: [UInt8]
    private var output: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output = bytes
    }

    mutating func run() -> String {
        while index < bytes.count {
            if starts("//") {
                blank(until: { $0.bytes[$0.index] == UInt8(ascii: "\n") })
            } else if starts("/*") {
                blankNestedComment()
            } else if let hashes = rawHashes() {
                blankString(hashes: hashes)
            } else {
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        let from = index + offset
        guard from >= 0, from + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[from + $0] == text.utf8Start[$0] }
    }

    private mutating func blankOne() {
        if bytes[index] != UInt8(ascii: "\n") { output[index] = UInt8(ascii: " ") }
        index += 1
    }

    private mutating func blank(until stop: (Blanker) -> Bool) {
        while index < bytes.count, !stop(self) { blankOne() }
    }

    private mutating func blankNestedComment() {
        var depth = 0
        while index < bytes.count {
            if starts("/*") {
                depth += 1
                blankOne()
            } else if starts("*/") {
                depth -= 1
                blankOne()
            }
            blankOne()
            if depth == 0 { return }
        }
    }

    /// The number of `#` before the quote where a string begins here; nil elsewhere.
    private func rawHashes() -> Int? {
        let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = index + hashes
        return quote < bytes.count && bytes[quote] == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func blankString(hashes: Int) {
        index += hashes
        let quotes = starts("\"\"\"") ? 3 : 1
        index += quotes
        while index < bytes.count {
            if closes(quotes: quotes, hashes: hashes) {
                index += quotes + hashes
                return
            }
            if quotes == 1 && bytes[index] == UInt8(ascii: "\n") { return }
            if hashes == 0 && starts("\\") { blankOne() }
            if starts("(") && hashes == 0 && starts("\\", at: -1) {
                blankInterpolation()
            } else if index < bytes.count {
                blankOne()
            }
        }
    }

    /// An interpolation may hold strings of its own, whose quotes do not end the outer one.
    private mutating func blankInterpolation() {
        var depth = 0
        while index < bytes.count {
            if starts("(") { depth += 1 }
            if starts(")") { depth -= 1 }
            if let hashes = rawHashes() {
                let start = index
                blankString(hashes: hashes)
                for blanked in start..<min(index, bytes.count)
                where bytes[blanked] != UInt8(ascii: "\n") {
                    output[blanked] = UInt8(ascii: " ")
                }
                continue
            }
            blankOne()
            if depth == 0 { return }
        }
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        let end = index + quotes + hashes
        guard end <= bytes.count else { return false }
        return bytes[index..<index + quotes].allSatisfy { $0 == UInt8(ascii: "\"") }
            && bytes[(index + quotes)..<end].allSatisfy { $0 == UInt8(ascii: "#") }
    }
}
