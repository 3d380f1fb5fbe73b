import Testing

/// A text that breaks a rule, and its nearest lawful twin: a rule that can't fail proves nothing.
struct Planted: CustomTestStringConvertible, Sendable {
    let rule: Rule
    let bad: String
    let good: String
    var path = "Sources/Flow/Goal.swift"
    var count = 1
    /// Other files that the rule reads beside it.
    var beside: [SourceFile] = []

    var testDescription: String { rule.name }

    func tree(with text: String) -> SourceTree {
        SourceTree(files: [SourceFile(path: path, text: text)] + beside)
    }

    static let all: [Planted] = [
        Planted(
            rule: .lengthOfFiles, bad: String(repeating: "let a = 1\n", count: 301),
            good: String(repeating: "let a = 1\n", count: 300)),
        Planted(
            rule: .lengthOfFunctions,
            bad: "func f() {\n" + String(repeating: "    g()\n", count: 59) + "}\n",
            good: "func f() {\n" + String(repeating: "    g()\n", count: 58) + "}\n"),
        Planted(rule: .mainType, bad: "struct Move {}", good: "extension Goal {}"),
        Planted(rule: .imports, bad: "import Web", good: "import Tokens\n// import Web\n"),
        Planted(
            rule: .imports, bad: "@preconcurrency import struct NIOCore.ByteBuffer",
            good: "import Synchronization"),
        Planted(
            rule: .imports, bad: "import Tokens", good: "import Store",
            path: "Sources/Directory/Feed.swift"),
        Planted(
            rule: .wholeFoundation, bad: "import Foundation",
            good: "import FoundationEssentials\nimport Foundation  // NumberFormatter"),
        Planted(
            rule: .timeAndRandomness, bad: "let now = Date(); let id = UUID()",
            good: "let now = environment.now()  // not Date()", count: 2),
        Planted(
            rule: .timeAndRandomness, bad: "let n = Int.random(in: 0..<9)",
            good: "let n = random(9)"),
        Planted(
            rule: .traps, bad: "let a = try! f(); let b = c as! D; fatalError()",
            good: "let a = try f()  // try!",
            count: 3),
        Planted(
            rule: .traps, bad: "preconditionFailure()",
            good: "preconditionFailure(\"the table has a row for every case\")"),
        Planted(
            rule: .uncheckedSendable, bad: "\nfinal class A: @unchecked Sendable {}",
            good:
                "// Its one thread alone touches it.\n@available(*, noasync)\nfinal class A: @unchecked Sendable {}"
        ),
        Planted(rule: .unfinished, bad: "// TO" + "DO: later", good: "// Later values follow."),
        Planted(rule: .vagueNames, bad: "struct GoalHelper {}", good: "struct Goal {}"),
        Planted(
            rule: .unusedStyles, bad: ".tile { margin: .5rem }\n.tile-dead:hover { top: 0 }",
            good: "/* .gone */ .tile { margin: .5rem }", path: "Sources/Serving/Static/style.css",
            beside: [SourceFile(path: "Sources/Web/Home.swift", text: #"div(class: "tile")"#)]),
        Planted(
            rule: .unknownStyles, bad: #"div(class: "tile ghost")"#, good: #"div(class: "tile")"#,
            beside: [SourceFile(path: "Sources/Serving/Static/style.css", text: ".tile { top: 0 }")]
        ),
        Planted(
            rule: .unusedStyles,
            bad: "let a = \"\"\"\n    .tile { top: 0 }\n    .dead { top: 0 }\n    \"\"\".utf8",
            good: "let a = \"\"\"\n    .tile { top: 0 }\n    \"\"\".utf8",
            path: "Sources/Serving/StyleSheet.swift",
            beside: [SourceFile(path: "Sources/Web/Home.swift", text: #"div(class: "tile")"#)]),
        Planted(
            rule: .deadPages, bad: "struct Lost: Page { }",
            good: "struct Found: Page { }\nlet page = Found()"),
        Planted(
            rule: .realData, bad: "v.durant@gm" + "ail.com 06 12 34 56 78",
            good: "v.durant@example.org 06 39 98 00 12 +33639980012", path: "config/x.json",
            count: 2),
        Planted(
            rule: .workplace, bad: "see /ho" + "me/someone", good: "see /authorize and work/day"),
    ]
}
