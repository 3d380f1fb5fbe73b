/// All that a text holds and may not, each with its line.
public struct MarkdownErrors: Error, Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        /// From 1.
        public let line: Int
        /// English, such as `raw HTML is not allowed`.
        public let problem: String

        init(line: Int, _ problem: String) {
            self.line = line
            self.problem = problem
        }
    }

    /// By line; of a file that is no text at all only the first few.
    public let entries: [Entry]

    private static let countMax = 20

    /// One of the caller's own.
    public init(line: Int, _ problem: String) {
        entries = [Entry(line: line, problem)]
    }

    init(_ entries: [Entry]) {
        self.entries = Array(entries.sorted { $0.line < $1.line }.prefix(Self.countMax))
    }
}
