import Testing

/// A rule of the house: what it forbids, and a function that finds it in a tree.
struct Rule: CustomTestStringConvertible, Sendable {
    let name: String
    let check: @Sendable (SourceTree) -> [Finding]

    var testDescription: String { name }

    static let all: [Rule] = [
        lengthOfFiles, lengthOfFunctions, mainType, imports, wholeFoundation, timeAndRandomness,
        traps,
        uncheckedSendable, unfinished, vagueNames, unusedStyles, unknownStyles, deadPages,
        realData, workplace,
    ]

    static let lengthOfFiles = Rule(name: "no file is longer than 300 lines") { tree in
        tree.swift.compactMap { file in
            let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
            return count > 300 ? Finding(file, line: 301, "\(count) lines") : nil
        }
    }

    static let lengthOfFunctions = Rule(name: "no function is longer than 60 lines") { tree in
        tree.swift.flatMap { file in
            SwiftScanner.bodies(in: file.code).filter { $0.lineCount > 60 }.map {
                Finding(file, line: $0.firstLine, "\($0.name) has \($0.lineCount) lines")
            }
        }
    }

    /// `X.swift` declares X or XPart, or extends X; `X+Part.swift` extends X; `Fields.swift` holds
    /// several things of a kind.
    static let mainType = Rule(name: "a file has its main type's name") { tree in
        tree.product.compactMap { file in
            // `X+SQL.swift` holds the statements about X, which belong to the reader and the writer.
            guard let name = file.path.split(separator: "/").last?.dropLast(".swift".count),
                name != "main", !name.hasSuffix("+SQL"), let type = name.split(separator: "+").first
            else { return nil }
            let pattern = /\b(?:struct|class|enum|actor|protocol|extension|typealias)\s+([\w.]+)/
            let declared = file.code.matches(of: pattern).map(\.1)
            // An extension may name a nested type by its whole path: `JSON.Limits`.
            let fits = declared.contains {
                $0.hasPrefix(type) || $0.split(separator: ".").last == type
            }
            let isCollection = type.hasSuffix("s") && declared.count > 1
            return fits || isCollection ? nil : Finding(file, line: 1, "declares no \(type)")
        }
    }

    static let wholeFoundation = Rule(name: "whole Foundation is imported for a stated reason") {
        tree in
        tree.product.flatMap { file in
            file.findings(of: /^(?:public |internal )?import Foundation\s*$/, in: file.text) {
                _ in "FoundationEssentials, or say at the end of the line what needs all of it"
            }
        }
    }

    /// Time and chance come in as parameters; only the programs' wiring reads the machine's.
    static let timeAndRandomness = Rule(name: "only the wiring reads the clock or makes randomness")
    { tree in
        tree.product.filter { !wiring.contains($0.path) }.flatMap { file in
            file.findings(
                of:
                    #/
                    \bDate\(\) | \bDate\.now\b | \bclock_gettime\( | \bgettimeofday\( | \btime\(nil\)
                    | \bUUID\(\) | \.random\(in: | \.randomElement\( | \.shuffled?\(\)
                    | SystemRandomNumberGenerator | \bRAND_bytes | \bgetrandom\( | \barc4random
                /#
            ) { "\($0) outside \(wiring.sorted().joined(separator: ", "))" }
        }
    }

    static let wiring: Set = [
        "Sources/Serving/ServerEnvironment.swift",
        "Sources/Serving/JSONLog.swift",  // a line of the log tells when it was written
        "Sources/Store/SQL/JobQueue.swift",  // how long a job has run, by the monotonic clock
        "Sources/IdP/Application.swift",
        "Sources/LSU/LSU.swift",
    ]

    static let traps = Rule(name: "nothing that input could reach ends the process") { tree in
        tree.product.flatMap { file in
            file.findings(of: /\btry!|\bas!|\bfatalError\(/) { "\($0) in the product" }
                + file.findings(of: /\b(?:preconditionFailure|assertionFailure)\(\)/) {
                    "\($0) without the reason why it can't be reached"
                }
        }
    }

    static let uncheckedSendable = Rule(
        name: "an unchecked Sendable says which rule keeps it safe"
    ) { tree in
        tree.swift.flatMap { file in
            file.findings(of: /@unchecked\s+Sendable|nonisolated\(unsafe\)/) {
                "\($0) without a comment above it"
            }.filter { !file.hasComment(above: $0.line) }
        }
    }

    static let unfinished = Rule(name: "nothing is marked as unfinished") { tree in
        tree.files.filter { !$0.path.hasPrefix("Tests/TidyTests/") }.flatMap { file in
            file.findings(of: /\b(?:TODO|FIXME|XXX|HACK)\b/, in: file.text) {
                "\($0): finish it or file it"
            }
        }
    }

    static let vagueNames = Rule(name: "a type's name says what it is") { tree in
        tree.product.flatMap { file in
            file.findings(
                of:
                    #/
                    \b(?:struct|class|enum|actor|protocol)\s+
                    \w*(?:Manager|Helper|Helpers|Utils|Util|Utilities)\b
                /#
            ) { "\($0): name the thing, not the help" }
        }
    }
}

extension SourceFile {
    /// Whether this line, or what stands above it and its attributes, is or ends with a comment.
    func hasComment(above number: Int) -> Bool {
        if lines[number - 1].contains("//") { return true }
        let above = lines.prefix(number - 1).last { !$0.drop { $0 == " " }.hasPrefix("@") }
        return above?.contains("//") ?? false
    }

    /// A finding for every match, in the code unless another reading is given.
    func findings(
        of pattern: some RegexComponent, in reading: String? = nil, _ message: (String) -> String
    ) -> [Finding] {
        let text = reading ?? code
        var findings: [Finding] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            for match in line.matches(of: pattern) {
                findings.append(Finding(self, line: number + 1, message(String(line[match.range]))))
            }
        }
        return findings
    }
}
