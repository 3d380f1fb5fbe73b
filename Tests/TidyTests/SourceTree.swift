import Foundation

/// The repository's own text files, read once for all the rules.
///
/// The tree is found from the place of this file, so that a copy elsewhere tests itself.
struct SourceTree: Sendable {
    let files: [SourceFile]

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file of the product and its tests, and the style sheets.
    static let whole = SourceTree(at: root)

    init(files: [SourceFile]) {
        self.files = files
    }

    init(at root: URL) {
        var files: [SourceFile] = []
        for folder in ["Sources", "Tests", "Benchmarks", "Fuzz", "Scripts", "config", "docs"] {
            files += Self.textFiles(in: root.appending(path: folder), under: folder)
        }
        for name in ["Package.swift", "Makefile", "README.md", ".ci/run"] {
            if let text = try? String(contentsOf: root.appending(path: name), encoding: .utf8) {
                files.append(SourceFile(path: name, text: text))
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    var swift: [SourceFile] {
        files.filter { $0.path.hasSuffix(".swift") }
    }

    /// The Swift files of the product, without those of the tests and tools.
    var product: [SourceFile] {
        swift.filter { $0.path.hasPrefix("Sources/") }
    }

    /// Style sheets are files of their own or literals in a file named for it.
    var styleSheets: [SourceFile] {
        files.filter { $0.path.hasSuffix(".css") }
            + product.filter { $0.isStyleSheet }.map { file in
                // Lines are kept, so that a finding points into the Swift file.
                let parts = file.text.components(separatedBy: "\"\"\"")
                let kept = parts.enumerated().map { index, part in
                    index % 2 == 1 ? part : part.filter { $0 == "\n" }
                }
                return SourceFile(path: file.path, text: kept.joined())
            }
    }

    private static func textFiles(in folder: URL, under name: String) -> [SourceFile] {
        guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        var files: [SourceFile] = []
        for case let path as String in paths {
            // Build folders and the fuzzers' corpora hold files that nobody wrote.
            if path.contains(".build") || path.contains("/Corpus/") || path.contains("__pycache__")
            {
                continue
            }
            if let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) {
                files.append(SourceFile(path: "\(name)/\(path)", text: text))
            }
        }
        return files
    }
}

/// One text file and its readings: as it is, and without what the compiler does not run.
struct SourceFile: Sendable {
    /// Relative to the repository, `Sources/IdP/Sweeper.swift`.
    let path: String
    let text: String

    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The text with comments and the insides of string literals blanked, line for line.
    var code: String {
        SwiftScanner.code(of: text)
    }

    /// `StyleSheet.swift`, `StyleSheet+Forms.swift`.
    var isStyleSheet: Bool {
        path.split(separator: "/").last?.hasPrefix("StyleSheet") ?? false
    }

    /// `Sources/IdP/Sweeper.swift` → `IdP`; nil outside `Sources`.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.first == "Sources" && parts.count > 2 ? String(parts[1]) : nil
    }
}

/// What a rule objects to, as the compiler would print it.
struct Finding: CustomStringConvertible, Equatable, Sendable {
    let path: String
    let line: Int
    let message: String

    init(_ file: SourceFile, line: Int, _ message: String) {
        path = file.path
        self.line = line
        self.message = message
    }

    var description: String {
        "\(path):\(line): \(message)"
    }
}
