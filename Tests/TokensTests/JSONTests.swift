import Testing

@testable import Tokens

@Suite("A JSON text")
struct JSONTests {
    @Test("is read with all its types")
    func types() throws {
        let json = try JSON(
            parsing:
                #"{"a":[1,-2.5,"\u00e9\ud83d\ude00",true,false,null,{}],"b":9223372036854775807}"#)
        #expect(
            json == [
                "a": [1, .number(-2.5), "é😀", true, false, .null, [:]],
                "b": .integer(.max),
            ])
    }

    /// security.md 2.48
    @Test(
        "is refused when it is not exactly one value of RFC 8259",
        arguments: [
            ("", JSONError.Code.malformed), ("{", .malformed), ("{}{}", .malformed),
            ("{} x", .malformed), ("[1,]", .malformed), ("{\"a\":1,}", .malformed),
            ("{'a':1}", .malformed), ("[01]", .malformed), ("[1.]", .malformed),
            ("[.5]", .malformed),
            ("[+1]", .malformed), ("[NaN]", .malformed), ("[Infinity]", .malformed),
            ("[1e999]", .malformed), ("[-1e999]", .malformed),
            ("[9223372036854775808]", .malformed),
            ("[-9223372036854775809]", .malformed),
            ("[100000000000000000000000000000000000000]", .malformed), ("\"a", .malformed),
            ("[\"\\x\"]", .malformed), ("[\"\\ud800\"]", .malformed), ("[\"a\tb\"]", .malformed),
            ("[\"\\u0000\"]", .malformed), ("{\"a\\u0000\":1}", .malformed),
            ("[\"\0\"]", .malformed),
            ("{}\0", .malformed), ("// c\n{}", .malformed), ("\u{feff}{}", .malformed),
            ("{\"a\":1,\"a\":2}", .duplicateName), ("{\"a\":1,\"\\u0061\":2}", .duplicateName),
            ("[{\"a\":{\"b\":1,\"b\":1}}]", .duplicateName),
            ("{\"\u{e9}\":1,\"e\u{301}\":2}", .duplicateName),
        ])
    func refused(text: String, code: JSONError.Code) {
        #expect(throws: JSONError(code)) { try JSON(parsing: text) }
    }

    @Test(
        "is refused when it is not UTF-8",
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xe2, 0x82, 0x22],
            [0xff, 0xfe, 0x7b, 0x7d],
        ])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError(.malformed)) { try JSON(parsing: bytes) }
    }

    @Test("may nest 32 levels, not 33 nor a hundred thousand; brackets in strings don't count")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(32))
        #expect(throws: JSONError(.tooDeep)) { try JSON(parsing: nested(33)) }
        #expect(throws: JSONError(.tooDeep)) { try JSON(parsing: nested(30_000)) }
        #expect(throws: JSONError(.tooDeep)) {
            try JSON(parsing: String(repeating: "{\"a\":", count: 10_000))
        }
        _ = try JSON(parsing: "[\"" + String(repeating: "[", count: 100) + "\\\"[\"]")
        #expect(throws: JSONError(.tooDeep)) {
            try JSON(parsing: "[[1]]", limits: .init(depth: 1))
        }
    }

    @Test("may have 64 KiB, not a byte more")
    func size() throws {
        let filling = String(repeating: "a", count: 64 * 1024 - 2)
        _ = try JSON(parsing: "\"\(filling)\"")
        #expect(throws: JSONError(.tooLarge)) { try JSON(parsing: "\"\(filling)a\"") }
    }

    @Test("is written compactly, names sorted by bytes, with RFC 8259 §7's escapes")
    func written() throws {
        let json: JSON = [
            "b": ["\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é"], "a": .number(0.1), "é": .null,
            "Z": .bool(true), "n": -7,
        ]
        #expect(
            String(decoding: json.serialized(), as: UTF8.self)
                == #"{"Z":true,"a":0.1,"b":["\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7f}é"
                + #""],"n":-7,"é":null}"#)
    }

    @Test("comes back as it was, for any value")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let json = JSONTests.value(&random, depth: 4)
            let again = try JSON(parsing: json.serialized())
            #expect(again == json)
            #expect(again.serialized() == json.serialized())
        }
    }

    static func value(_ random: inout SeededGenerator, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2:
            return .integer(
                Int64(bitPattern: random.next()) >> Int64.random(in: 0..<63, using: &random))
        case 3: return .number(Double.random(in: -1e6...1e6, using: &random))
        case 4: return .string(random.text(Int.random(in: 0..<12, using: &random)))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                    value(&random, depth: depth - 1)
                })
        default:
            var members: [String: JSON] = [:]
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                members[random.text(5)] = value(&random, depth: depth - 1)
            }
            return .object(members)
        }
    }
}

@Suite("A JSON writer")
struct JSONWriterTests {
    @Test("writes members in the order given, and leaves out what is absent")
    func order() throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("z", "1\n")
            writer.member("a", Int64.min)
            writer.member("absent", ifPresent: String?.none)
            writer.member("also absent", ifPresent: Int64?.none)
            writer.member("there", ifPresent: true)
            writer.member("list", ["x", "y"])
            writer.array("mixed") { writer in
                writer.value("s")
                writer.value(Int64.max)
                writer.array { _ in }
                writer.object { _ in }
                writer.value(JSON.null)
            }
            writer.object("inner") { writer in writer.member("a", 0) }
            writer.member("raw", raw: Array("[1]".utf8))
            writer.member("last", JSON.number(2))
        }
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(
            text
                == #"{"z":"1\n","a":-9223372036854775808,"there":true,"list":["x","y"],"#
                + #""mixed":["s",9223372036854775807,[],{},null],"inner":{"a":0},"raw":[1],"last":2.0}"#
        )
        _ = try JSON(parsing: text)
    }
}

@Suite("A member of a JSON object")
struct JSONMembersTests {
    let members: JSONMembers

    init() throws {
        members = try JSON(
            parsing: #"{"s":"x","i":3,"b":true,"l":["a",1],"o":{"s":1,"o":{}},"n":null,"f":1.5}"#
        ).members()
    }

    @Test("is read by its type")
    func types() throws {
        #expect(try members.requiredString("s") == "x")
        #expect(try members.integer("i") == 3)
        #expect(try members.bool("b") == true)
        #expect(try members.optionalString("absent") == nil)
        #expect(try members.stringArray("absent") == nil)
        #expect(members.unknownMembers(besides: ["s", "i", "b", "l", "o"]) == ["f", "n"])
    }

    @Test("is named by its path in every error")
    func paths() throws {
        #expect(throws: JSONError(.missing, at: "absent")) { try members.requiredString("absent") }
        #expect(throws: JSONError(.wrongType, at: "i")) { try members.optionalString("i") }
        #expect(throws: JSONError(.wrongType, at: "n")) { try members.optionalString("n") }
        #expect(throws: JSONError(.wrongType, at: "l[1]")) { try members.stringArray("l") }
        #expect(throws: JSONError(.wrongType, at: "s")) { try members.stringArray("s") }
        #expect(throws: JSONError(.wrongType, at: "f")) { try members.integer("f") }
        #expect(throws: JSONError(.wrongType, at: "s")) { try members.bool("s") }
        let inner = try members.requiredObject("o")
        #expect(throws: JSONError(.wrongType, at: "o.s")) { try inner.requiredString("s") }
        #expect(throws: JSONError(.missing, at: "o.o.x")) {
            try inner.requiredObject("o").requiredInteger("x")
        }
        #expect(throws: JSONError(.wrongType, at: "")) { try JSON.array([]).requiredString("a") }
    }
}
