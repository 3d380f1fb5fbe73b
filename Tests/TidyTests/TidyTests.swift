import Testing

@Suite("The house")
struct TidyTests {
    @Test("is kept", arguments: Rule.all)
    func rule(_ rule: Rule) {
        for finding in rule.check(.whole) {
            Issue.record("\(finding)")
        }
    }

    @Test("is read at all: the tree that the rules see has our modules")
    func treeIsRead() {
        let modules = Set(SourceTree.whole.product.compactMap(\.module))
        #expect(modules.isSuperset(of: ["Tokens", "Store", "Serving", "IdP", "LSU"]))
    }

    @Test("notices what each rule forbids", arguments: Planted.all)
    func planted(_ planted: Planted) {
        #expect(
            planted.rule.check(planted.tree(with: planted.bad)).count == planted.count,
            "the planted text")
        #expect(planted.rule.check(planted.tree(with: planted.good)) == [], "its lawful twin")
    }

    @Test("has a planted violation for every rule")
    func everyRulePlanted() {
        #expect(Set(Planted.all.map(\.rule.name)) == Set(Rule.all.map(\.name)))
    }
}

@Suite("The scanner")
struct SwiftScannerTests {
    @Test("blanks comments and strings, and keeps the lines")
    func code() {
        let text = #"""
            let a = "try! // no"  // try! here
            /* outer /* inner */ try! */ let b = 1
            let c = "\(d("}")) {"; let e = #"raw " { "#
            """#
        let code = SwiftScanner.code(of: text)
        #expect(!code.contains("try!"))
        #expect(!code.contains("{"))
        #expect(!code.contains("}"))
        #expect(code.contains("let b = 1"))
        #expect(code.contains("let e = "))
        #expect(code.count { $0 == "\n" } == 2)
    }

    @Test("finds where functions begin and end")
    func bodies() {
        let code = """
            protocol P { func none() -> Int
                var value: Int { get } }
            struct S {
                let f = { 1 }
                var stored = 1
                init(_ a: () -> Int = { 2 }) {
                    self.init()
                }
                func two<T>(_ t: T) -> T where T: Sendable
                {
                    t
                }
            }
            """
        let names = SwiftScanner.bodies(in: code).map {
            "\($0.name) \($0.firstLine)-\($0.lastLine)"
        }
        #expect(names == ["value 2-2", "init 6-8", "two 9-12"])
    }
}
