import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Serving

@Suite("A log line (security.md 2.52)")
struct LogTests {
    @Test(
        "stays one line of JSON, whatever a field holds",
        arguments: [
            "a\r\n{\"level\":\"info\"}", "\u{1B}[31mred", "\u{202E}txet", "\u{2066}x\u{2069}",
            "\u{2028}\u{2029}",
            "\u{85}\u{9B}31m", "\u{0}", "\u{7F}", "\u{200B}\u{FEFF}", "\"\\\"", "é – 学生",
            "\u{E000}",
            "\u{E0001}", String(repeating: "a\n", count: 100_000),
        ])
    func oneLine(text: String) throws {
        let log = CapturedLog()
        log.logger.error(
            "\(text)",
            metadata: [
                "field": "\(text)", "\(text)": "key", "list": .array(["\(text)"]),
                "inner": .dictionary(["\(text)": .string(text)]),
            ])
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1)
        #expect(line.utf8.last == UInt8(ascii: "\n"))
        let content = line.unicodeScalars.dropLast()
        for scalar in content {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format)
            #expect(category != .lineSeparator && category != .paragraphSeparator)
        }
        let parsed = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(parsed.level == "error")
        if text.utf8.count < 1_000 { #expect(parsed.message == text) }
    }

    private struct Line: Decodable {
        var time: String
        var level: String
        var logger: String
        var message: String
    }

    @Test("has time, level, logger and data in a fixed order")
    func shape() {
        let log = CapturedLog()
        var logger = log.logger
        logger[metadataKey: "own"] = "1"
        logger.info("bonjour", metadata: ["b": "2", "a": .stringConvertible(3)])
        #expect(
            log.lines == [
                "{\"time\":\"1994-11-06T08:49:37.000Z\",\"level\":\"info\",\"logger\":\"test\","
                    + "\"message\":\"bonjour\",\"data\":{\"a\":\"3\",\"b\":\"2\",\"own\":\"1\"}}\n"
            ])
    }

    @Test("of nested data ends at a depth")
    func depth() {
        let log = CapturedLog()
        var value = Logger.MetadataValue.string("deep")
        for _ in 0..<10_000 { value = .array([value]) }
        log.logger.info("x", metadata: ["nested": value])
        #expect(log.lines.first?.contains("deep") == false)
        #expect(log.lines.first?.contains("…") == true)
    }
}

@Suite("A moment in UTC")
struct CivilTimeTests {
    @Test(
        "is written as HTTP and as RFC 3339 write it",
        arguments: [
            (784_111_777.0, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000Z"),
            (951_782_400.25, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00.250Z"),
            (1_709_251_199.999, "Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59.999Z"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59.000Z"),
            (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT", "2100-01-01T00:00:00.000Z"),
            (1e300, "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59.000Z"),
        ])
    func written(seconds: Double, http: String, timestamp: String) {
        let time = CivilTime(Date(timeIntervalSince1970: seconds))
        #expect(time.httpDate == http)
        #expect(time.timestamp == timestamp)
    }

    @Test("agrees with Foundation on every day of two centuries")
    func everyDay() {
        for day in stride(from: -36_525, to: 36_525, by: 1) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let expected = date.formatted(.iso8601.year().month().day())
            #expect(CivilTime(date).timestamp.hasPrefix(expected))
        }
    }
}

@Suite("A correlation id")
struct CorrelationTests {
    @Test("differs from request to request, and has no look-alike characters")
    func distinct() {
        let ids = (0..<10_000).map { CorrelationID(seed: 42, count: UInt64($0)).description }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 13 && !$0.contains { "ILOU".contains($0) } })
    }
}
