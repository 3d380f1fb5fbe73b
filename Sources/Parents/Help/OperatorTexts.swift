import Markdown

/// What an operator has written in place of our texts, or beside them (J §8.2 no. 34).
///
/// A text replaces words, never facts: support's coordinates and what each cookie does are the
/// program's to say, since an edited text must not make them untrue.
struct OperatorTexts: Sendable {
    /// The folder as it was last looked at.
    private var files: [String: TextFolder.Content] = [:]
    /// Of each file what was right the last time.
    private var texts: [String: MarkdownText] = [:]

    /// Above the way to the support team.
    var contact: MarkdownText? { texts[TextFolder.contact] }

    /// Above what the cookies do.
    var legal: MarkdownText? { texts[TextFolder.legal] }

    /// In place of our section about a topic.
    func section(_ topic: HelpTopic) -> MarkdownText? {
        texts["\(TextFolder.help)/\(topic.rawValue)\(TextFolder.suffix)"]
    }

    /// Sections of the help that are about something else, by the order of their files' names.
    var furtherSections: [(name: String, text: MarkdownText)] {
        texts.compactMap { file, text in
            TextFolder.section(file).map { (name: String($0), text: text) }
        }
        .filter { HelpTopic(rawValue: $0.name) == nil }
        .sorted { $0.name < $1.name }
    }

    /// All that is wrong with the texts, a line each.
    struct Invalid: Error, CustomStringConvertible {
        let folder: String
        let problems: [String]
        var description: String {
            "the texts in \(folder) have errors:\n"
                + problems.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    /// Takes what has changed since the last time. Where a file is wrong, what it said before stays.
    ///
    /// - Returns: What is wrong with the changed files, each with its line; nil where nothing changed.
    mutating func take(_ found: [String: TextFolder.Content]) -> [String]? {
        guard found != files else { return nil }
        var problems: [String] = []
        for (name, content) in found.sorted(by: { $0.key < $1.key }) where files[name] != content {
            switch content {
            case .unusable(let problem): problems.append("\(name): \(problem)")
            case .bytes(let bytes):
                do throws(MarkdownErrors) {
                    texts[name] = try Self.text(name, bytes)
                } catch {
                    problems += error.entries.map { "\(name):\($0.line): \($0.problem)" }
                }
            }
        }
        for name in texts.keys where found[name] == nil { texts[name] = nil }
        files = found
        return problems
    }

    private static func text(
        _ name: String, _ bytes: [UInt8]
    ) throws(MarkdownErrors) -> MarkdownText {
        let text = try MarkdownText(bytes)
        // A section of the help is found by its heading.
        if text.heading == nil, TextFolder.section(name) != nil {
            throw MarkdownErrors(line: 1, "the text must begin with a heading")
        }
        return text
    }
}
