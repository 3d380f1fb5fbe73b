import HTTPTypes
import Hummingbird
import Testing

@testable import Serving

@Suite("A network address")
struct NetworkAddressTests {
    @Test(
        "is read strictly",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("::1", "0:0:0:0:0:0:0:1"),
            ("2001:DB8::a", "2001:db8:0:0:0:0:0:a"),
        ])
    func reads(text: String, description: String) {
        #expect(NetworkAddress(text)?.description == description)
    }

    @Test(
        "and nothing else is",
        arguments: [
            "", "1", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "fe80::1%eth0", "localhost",
            " ::1",
            "192.0.2.1\u{0}", "unknown", "_hidden", "1.2.3.4, 5.6.7.8",
            String(repeating: "1", count: 1000),
        ])
    func refuses(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test("counts by the address, or by the /56 of an IPv6 household")
    func key() throws {
        #expect(NetworkAddress("192.0.2.1")?.networkKey == "192.0.2.1")
        #expect(NetworkAddress("2001:db8:1:2:3:4:5:6")?.networkKey == "2001:db8:1:0::/56")
        #expect(NetworkAddress("2001:db8:1:1ff::1")?.networkKey == "2001:db8:1:100::/56")
        #expect(
            NetworkAddress("2001:db8:1:2::9")?.network
                == NetworkAddress("2001:db8:1:2:3::")?.network)
    }

    @Test(
        "lies in a range or not",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::/96", "2001:db8::1:1", true), ("2001:db8::/96", "2001:db8::1:0:1", false),
            ("::/0", "::1", true), ("::/0", "192.0.2.1", false),
            ("192.0.2.0/31", "192.0.2.1", true),
            ("2001:db8::/64", "2001:db8::1", true), ("2001:db8::1/128", "2001:db8::2", false),
        ])
    func range(range: String, address: String, isInside: Bool) throws {
        let range = try #require(NetworkRange(range))
        let address = try #require(NetworkAddress(address))
        #expect(range.contains(address) == isInside)
    }

    @Test(
        "a range is read strictly",
        arguments: [
            "", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "x/8",
            "10.0.0.0/+8",
        ])
    func badRange(text: String) {
        #expect(NetworkRange(text) == nil)
    }
}

@Suite("The address of who asks (SR-66, ASVS V4.1.3)", .timeLimit(.minutes(1)))
struct ForwardedAddressTests {
    private func client(_ peer: String, _ fields: [String], trusted: [String]) throws -> String {
        var headers = HTTPFields()
        for field in fields { headers.append(HTTPField(name: .forwardedFor, value: field)) }
        return ForwardedAddress.client(
            peer: try #require(NetworkAddress(peer)), headers: headers,
            trusted: trusted.compactMap(NetworkRange.init)
        ).description
    }

    @Test("is what an untrusted peer is, whatever it claims")
    func untrusted() throws {
        #expect(try client("198.51.100.7", ["192.0.2.1"], trusted: []) == "198.51.100.7")
        #expect(try client("198.51.100.7", ["10.0.0.1"], trusted: ["10.0.0.0/8"]) == "198.51.100.7")
    }

    @Test(
        "is the last entry that no trusted proxy is",
        arguments: [
            (["192.0.2.1"], "192.0.2.1"), (["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
            (["203.0.113.9", "192.0.2.1"], "192.0.2.1"), (["192.0.2.1, 10.0.0.2"], "192.0.2.1"),
            (["192.0.2.1,10.0.0.2", "10.0.0.3"], "192.0.2.1"), (["10.0.0.2"], "10.0.0.2"),
            ([], "10.0.0.1"),
            (["garbage, 192.0.2.1"], "192.0.2.1"), ([" 2001:db8::1\t"], "2001:db8:0:0:0:0:0:1"),
        ])
    func trusted(fields: [String], expected: String) throws {
        #expect(try client("10.0.0.1", fields, trusted: ["10.0.0.0/8"]) == expected)
    }

    @Test(
        "is the peer where the chain can't be told",
        arguments: [
            "garbage", "192.0.2.1,", "", "192.0.2.1:4711", "192.0.2.1, unknown",
            "\"[2001:db8::1]\"",
        ])
    func garbage(field: String) throws {
        #expect(try client("10.0.0.1", [field], trusted: ["10.0.0.0/8"]) == "10.0.0.1")
    }

    @Test("reaches the endpoint", arguments: [true, false])
    func overTheWire(isTrusted: Bool) async throws {
        try await RunningServer.run(
            options: {
                $0.trustedProxies = isTrusted ? [NetworkRange("127.0.0.1")].compactMap { $0 } : []
            },
            routes: { router in
                router.get("/who") { _, context in JSONResponse(Array("\(context.networkKey)".utf8))
                }
            }
        ) { server in
            let answer = try await server.request("GET", "/who", ["X-Forwarded-For: 192.0.2.77"])
            #expect(answer.body == (isTrusted ? "192.0.2.77" : "127.0.0.1"))
        }
    }
}
