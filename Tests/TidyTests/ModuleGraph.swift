/// Who may import whom: design decision, kept here as a table and enforced by `Rule.imports`.
enum ModuleGraph {
    /// Our modules that a module may import directly.
    static let ours: [String: Set<String>] = [
        "Tokens": ["COpenSSL", "CArgon2", "CJansson"],
        "Store": ["CSQLite", "CPostgreSQL"],
        "Outgoing": ["CCurl"],
        "Messages": ["Outgoing"],
        "Print": ["CPangoCairo", "CQREncode"],
        "HTML": [],
        "Markdown": ["CCommonMark", "HTML"],
        "Serving": ["Tokens", "HTML"],
        "Federation": ["Tokens", "Outgoing"],
        "LSU": ["Serving", "Federation", "Tokens", "HTML", "Print", "Outgoing"],
        "FranceConnectSimulator": ["Serving", "Tokens", "HTML"],
        "Flow": ["Tokens", "Store"],
        "Directory": ["Store"],
        "Web": ["Serving", "Flow", "Store", "Tokens", "HTML", "Messages"],
        "Parents": [
            "Web", "Serving", "Flow", "Store", "Tokens", "HTML", "Markdown", "Messages",
        ],
        "Staff": [
            "Web", "Serving", "Flow", "Store", "Tokens", "HTML", "Messages", "Directory", "Print",
        ],
        "IdP": [
            "Web", "Serving", "Flow", "Store", "Tokens", "HTML", "Messages", "Directory", "Print",
            "Parents", "Staff", "Federation", "Outgoing",
        ],
    ]

    /// What the language and the system bring, for every module.
    static let everywhere: Set = [
        "FoundationEssentials", "Foundation", "Glibc", "Synchronization", "Dispatch",
    ]

    /// What others wrote, from Serving upwards only.
    static let aboveServing: Set = [
        "Hummingbird", "HummingbirdCore", "HTTPTypes", "Logging", "ServiceLifecycle", "UnixSignals",
        "NIOCore",
        "NIOPosix", "NIOHTTP1", "NIOConcurrencyHelpers",
    ]

    static let serversOfOurs: Set = [
        "Serving", "LSU", "FranceConnectSimulator", "Web", "Parents", "Staff", "IdP",
    ]

    /// Nil for a module that the table does not know.
    static func allowed(for module: String) -> Set<String>? {
        guard let ours = ours[module] else { return nil }
        var allowed = ours.union(everywhere)
        if serversOfOurs.contains(module) { allowed.formUnion(aboveServing) }
        // Command lines are read by the programs themselves.
        if ["IdP", "LSU", "FranceConnectSimulator"].contains(module) {
            allowed.insert("ArgumentParser")
        }
        // Pure modules stay free of threads and of the system's calls.
        if ["HTML", "Flow", "Directory"].contains(module) {
            allowed.subtract(["Glibc", "Dispatch"])
        }
        return allowed
    }
}

extension Rule {
    static let imports = Rule(name: "a module imports only what the graph allows") { tree in
        tree.product.flatMap { file -> [Finding] in
            guard let module = file.module else { return [] }
            guard let allowed = ModuleGraph.allowed(for: module) else {
                return [Finding(file, line: 1, "module \(module) is not in the graph")]
            }
            let pattern =
                #/
                ^\s*(?:@\w+(?:\([^)]*\))?\s+)*
                (?:(?:public|package|internal|fileprivate|private)\s+)?
                import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)
                /#
            return file.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .compactMap { number, line in
                    guard let name = line.firstMatch(of: pattern)?.1,
                        !allowed.contains(String(name))
                    else {
                        return nil
                    }
                    return Finding(file, line: number + 1, "\(module) must not import \(name)")
                }
        }
    }
}
