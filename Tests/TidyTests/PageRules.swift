extension Rule {
    static let unusedStyles = Rule(name: "every class of the style sheet is used by a page") {
        tree in
        let words = Set(
            tree.product.filter { !$0.isStyleSheet }.flatMap {
                $0.text.matches(of: /[\w-]+/).map { String($0.0) }
            })
        return tree.styleSheets.flatMap { sheet in
            classes(in: sheet).filter { !words.contains($0.name) }.map {
                Finding(sheet, line: $0.line, "no page uses .\($0.name)")
            }
        }
    }

    /// Only `class: "…"` and `.class("…")` with a literal can be read; a computed one is not judged.
    static let unknownStyles = Rule(name: "every class of a page is in the style sheet") { tree in
        let known = Set(tree.styleSheets.flatMap { classes(in: $0).map(\.name) })
        if known.isEmpty { return [] }
        return tree.product.flatMap { file -> [Finding] in
            file.lines.enumerated().flatMap { number, line in
                line.matches(of: /(?:\bclass:\s*|\.class\(|\bclasses:\s*)"([\w -]+)"/).flatMap {
                    match in
                    match.1.split(separator: " ").filter { !known.contains(String($0)) }.map {
                        Finding(file, line: number + 1, "the style sheet has no .\($0)")
                    }
                }
            }
        }
    }

    static let deadPages = Rule(name: "every page is shown by something") { tree in
        let all = tree.product.map(\.code).joined(separator: "\n")
        return tree.product.flatMap { file in
            file.code.matches(of: /struct\s+(\w+)(?:<[^>]*>)?\s*:[^{\n]*\bPage\b/).compactMap {
                match in
                let name = String(match.1)
                let uses = all.matches(of: /\b\w+\b/).count { $0.0 == name }
                return uses > 1
                    ? nil
                    : Finding(
                        file, line: file.line(of: match.range.lowerBound), "nothing shows \(name)")
            }
        }
    }

    private static func classes(in sheet: SourceFile) -> [(name: String, line: Int)] {
        var seen: Set<String> = []
        var found: [(name: String, line: Int)] = []
        let selectors = sheet.text.replacing(/\/\*[\s\S]*?\*\//) { match in
            String(repeating: "\n", count: match.0.count { $0 == "\n" })
        }
        for (number, line) in selectors.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            // What follows a colon inside braces is a value: `.5rem` is no class, and starts with a digit.
            for match in line.matches(of: /\.([A-Za-z_][\w-]*)/)
            where seen.insert(String(match.1)).inserted {
                found.append((String(match.1), number + 1))
            }
        }
        return found
    }
}

extension Rule {
    /// No real person's data: addresses at example domains, numbers of the range reserved for fiction.
    static let realData = Rule(name: "addresses and telephone numbers are made up") { tree in
        tree.files.filter { !$0.path.hasPrefix("Tests/TidyTests/") }.flatMap { file in
            file.findings(
                of:
                    #/
                    [\w.+\-]+@
                    (?:gmail|hotmail|orange|free|yahoo|outlook|wanadoo|laposte|ac-\w+)\.\w+
                /#, in: file.text
            ) { "\($0): use example.org" }
                + file.findings(
                    of:
                        #/
                        (?:\+33\s?|\b0)
                        (?!6[\ .]?39[\ .]?98[\ .]?00[\ .]?\d\d\b)[67](?:[\ .]?\d\d){4}\b
                    /#, in: file.text
                ) { "\($0): use 06 39 98 00 00 to 99" }
        }
    }

    /// The tree speaks of the product, not of the machine or the folder where it was written.
    static let workplace = Rule(name: "no path or name of a workplace") { tree in
        tree.files.filter { !$0.path.hasPrefix("Tests/TidyTests/") }.flatMap { file in
            file.findings(
                of:
                    #/
                    (?:^|[\s"'`=(:])\/(?:work|root|home)\/\w+
                    | \bworktrees?\b | \bsub-?agents?\b
                /#, in: file.text
            ) { "\($0) is not part of the product" }
        }
    }
}

extension SourceFile {
    /// The line of a place in `code`.
    func line(of index: String.Index) -> Int {
        1 + code[..<index].count { $0 == "\n" }
    }
}
