import Foundation
import LoopbackSupport
import Testing

@testable import Outgoing

@Suite("An outgoing HTTP call")
struct HTTPFetchTests {
    let server: LoopbackServer
    let fetch: HTTPFetch

    init() throws {
        server = try LoopbackServer { request in
            switch request.path {
            case "/echo":
                let headers = request.headers.sorted { $0.key < $1.key }.map {
                    "\($0.key)=\($0.value)"
                }
                return .response(
                    status: 200,
                    headers: [("Content-Type", "text/plain; charset=utf-8"), ("X-Name", " a: b ")],
                    body: Array(
                        "\(request.method) \(request.target) \(request.text)\n\(headers)".utf8))
            case "/redirect":
                return .response(status: 302, headers: [("Location", "/echo")], body: [])
            case "/large":
                return .response(status: 200, headers: [], body: [UInt8](repeating: 1, count: 1001))
            case "/exact":
                return .response(status: 200, headers: [], body: [UInt8](repeating: 1, count: 1000))
            case "/unbounded":
                return .raw(
                    Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 1, count: 5000))
            case "/headers":
                return .response(
                    status: 200,
                    headers: (0..<40).map { ("X-\($0)", String(repeating: "y", count: 1000)) },
                    body: [])
            case "/garbage":
                return .raw(Array("220 mail.example.org ESMTP\r\n".utf8))
            case "/short":
                return .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".utf8))
            case "/early":
                return .raw(
                    Array(
                        "HTTP/1.1 103 Early\r\nX-Old: 1\r\n\r\nHTTP/1.1 204 No\r\nX-New: 2\r\n\r\n"
                            .utf8))
            case "/silence":
                return .silence
            default:
                return .json("{}", status: 404)
            }
        }
        var options = HTTPFetch.Options()
        options.responseBytesMax = 1000
        options.totalTimeout = .milliseconds(300)
        fetch = try HTTPFetch(options)
    }

    private func error(_ request: OutgoingRequest, _ fetch: HTTPFetch? = nil) async -> FetchError? {
        do throws(FetchError) {
            _ = try await (fetch ?? self.fetch).send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("carries method, headers and body, and brings back status, headers and body")
    func roundTrip() async throws {
        let request = OutgoingRequest(
            .post, server.base + "/echo?x=1",
            headers: [("X-Empty", ""), ("Content-Type", "text/plain")],
            body: Array("été".utf8))
        let answer = try await fetch.send(request)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == 200)
        #expect(answer.mediaType == "text/plain")
        #expect(answer.header("x-name") == "a: b")
        #expect(text.hasPrefix("POST /echo?x=1 été\n"))
        #expect(text.contains("\"content-type=text/plain\""))
        #expect(text.contains("\"x-empty=\""))
        #expect(text.contains("user-agent=EduConnect"))
        #expect(!text.contains("accept-encoding"))
    }

    @Test("may post an empty body")
    func emptyPost() async throws {
        let answer = try await fetch.send(OutgoingRequest(.post, server.base + "/echo"))
        #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix("POST /echo \n"))
    }

    @Test("keeps the connection for the next call")
    func reuse() async throws {
        for _ in 0..<8 { _ = try await fetch.send(OutgoingRequest(.get, server.base + "/echo")) }
        // One, unless this machine was so busy that the server gave an idle one up.
        #expect(server.connections <= 4)
    }

    @Test("never follows a redirect (security.md 2.20)")
    func redirect() async throws {
        let answer = try await fetch.send(OutgoingRequest(.get, server.base + "/redirect"))
        #expect(answer.status == 302)
        #expect(answer.header("location") == "/echo")
    }

    @Test("drops what an interim answer said")
    func interim() async throws {
        let answer = try await fetch.send(OutgoingRequest(.get, server.base + "/early"))
        #expect(answer.status == 204)
        #expect(answer.header("x-old") == nil)
        #expect(answer.header("x-new") == "2")
    }

    @Test("refuses a body over its bound, with or without a declared length")
    func tooLarge() async throws {
        #expect(await error(OutgoingRequest(.get, server.base + "/large")) == .tooLarge)
        #expect(await error(OutgoingRequest(.get, server.base + "/unbounded")) == .tooLarge)
        #expect(await error(OutgoingRequest(.get, server.base + "/headers")) == .tooLarge)
        #expect(
            try await fetch.send(OutgoingRequest(.get, server.base + "/exact")).body.count == 1000)
        #expect(
            await error(OutgoingRequest(.get, server.base + "/exact", responseBytesMax: 999))
                == .tooLarge)
    }

    @Test("ends at its time bound, and when its task is cancelled")
    func bounds() async throws {
        #expect(await error(OutgoingRequest(.get, server.base + "/silence")) == .timedOut)
        var options = HTTPFetch.Options()
        options.totalTimeout = .seconds(60)
        let patient = try HTTPFetch(options)
        let task = Task { await error(OutgoingRequest(.get, server.base + "/silence"), patient) }
        while server.connections < 2 { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return await error(OutgoingRequest(.get, server.base + "/silence"), patient)
        }
        late.cancel()
        #expect(await late.value == .cancelled)
    }

    @Test("is refused where too many are under way")
    func busy() async throws {
        var options = HTTPFetch.Options()
        options.concurrentMax = 1
        options.totalTimeout = .seconds(60)
        let narrow = try HTTPFetch(options)
        let first = Task { await error(OutgoingRequest(.get, server.base + "/silence"), narrow) }
        while server.connections < 1 { await Task.yield() }
        #expect(await error(OutgoingRequest(.get, server.base + "/echo"), narrow) == .busy)
        first.cancel()
        #expect(await first.value == .cancelled)
        #expect(await error(OutgoingRequest(.get, server.base + "/echo"), narrow) == nil)
    }

    @Test("fails where the peer speaks no HTTP, breaks off or does not listen")
    func broken() async throws {
        for path in ["/garbage", "/short"] {
            guard case .broken? = await error(OutgoingRequest(.get, server.base + path)) else {
                Issue.record("\(path) must break")
                continue
            }
        }
        let closed = try LoopbackServer { _ in .silence }.base
        guard case .unreachable? = await error(OutgoingRequest(.get, closed)) else {
            Issue.record("a closed port must be unreachable")
            return
        }
        // A label of 64 characters fails without asking any name server.
        let unresolvable = "https://\(String(repeating: "a", count: 64)).invalid/"
        #expect(await error(OutgoingRequest(.get, unresolvable)) == .unresolvedHost)
    }

    @Test(
        "is refused before anything is sent where the request is malformed",
        arguments: [
            OutgoingRequest(.get, "ftp://127.0.0.1/"), OutgoingRequest(.get, "/relative"),
            OutgoingRequest(.get, "http://user@127.0.0.1/"),
            OutgoingRequest(.get, "http://127.0.0.1/#fragment"),
            OutgoingRequest(.get, "http://127.0.0.1/a b"),
            OutgoingRequest(.get, "http://127.0.0.1\\@example.org/"),
            OutgoingRequest(.get, "file:///etc/passwd"), OutgoingRequest(.get, ""),
            OutgoingRequest(.get, "http://127.0.0.1/", headers: [("X-A", "b\r\nHost: c")]),
            OutgoingRequest(.get, "http://127.0.0.1/", headers: [("X A", "b")]),
            OutgoingRequest(.get, "http://127.0.0.1/", body: [1]),
            OutgoingRequest(.get, "http://127.0.0.1/" + String(repeating: "a", count: 9000)),
        ])
    func malformed(_ request: OutgoingRequest) async {
        guard case .invalidRequest? = await error(request) else {
            Issue.record("must be refused: \(request.url)")
            return
        }
    }

    @Test(
        "to a stranger's URL never reaches loopback, private or link-local addresses (SR 2.20)",
        arguments: [
            "https://127.0.0.1", "https://localhost", "https://2130706433", "https://0x7f.1",
            "https://[::1]",
            "https://[::ffff:127.0.0.1]", "https://169.254.169.254", "https://10.0.0.1",
            "https://[fe80::1]",
            "https://[fd00::1]", "https://0.0.0.0", "http://127.0.0.1", "http://example.org",
        ])
    func foreign(_ base: String) async {
        let url = "\(base):\(server.port)/"
        #expect(
            await error(OutgoingRequest(.get, url, destination: .foreign)) == .forbiddenDestination)
        #expect(server.connections == 0)
    }

    @Test("over plain http stays on loopback, even where the operator chose the URL")
    func plain() async {
        #expect(await error(OutgoingRequest(.get, "http://192.0.2.1/")) == .forbiddenDestination)
    }

    @Test("to a stranger's URL opens a connection of its own")
    func foreignConnection() async throws {
        var options = HTTPFetch.Options()
        options.foreignMayReachLoopback = true
        let lenient = try HTTPFetch(options)
        _ = try await lenient.send(OutgoingRequest(.get, server.base + "/echo"))
        _ = try await lenient.send(
            OutgoingRequest(.get, server.base + "/echo", destination: .foreign))
        _ = try await lenient.send(
            OutgoingRequest(.get, server.base + "/echo", destination: .foreign))
        #expect(server.connections == 3)
    }

    @Test("ends where the fetch itself has been given up")
    func ended() async throws {
        for _ in 0..<20 {
            let short = try HTTPFetch()
            _ = try await short.send(OutgoingRequest(.get, server.base + "/echo"))
        }
    }
}

@Suite("An address")
struct NetworkAddressTests {
    private func address(_ text: String) throws -> NetworkAddress {
        var bytes = [UInt8](repeating: 0, count: 16)
        let isIPv6 = text.contains(":")
        #expect(
            bytes.withUnsafeMutableBytes {
                inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, $0.baseAddress)
            } == 1)
        return try #require(NetworkAddress(isIPv6 ? bytes : Array(bytes[..<4])))
    }

    @Test(
        "is public",
        arguments: [
            "8.8.8.8", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
            "198.20.0.1",
            "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        ])
    func isPublic(_ text: String) throws { #expect(try address(text).isPublic) }

    @Test(
        "is not public",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.0.1", "127.0.0.1", "169.254.169.254",
            "172.16.0.1",
            "172.31.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
            "198.19.0.1",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
            "fe80::1",
            "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "::10.0.0.1",
        ])
    func isNotPublic(_ text: String) throws { #expect(try !address(text).isPublic) }

    @Test("is loopback in each of its forms")
    func loopback() throws {
        for text in ["127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"] {
            #expect(try address(text).isLoopback)
        }
        for text in ["128.0.0.1", "::2", "::ffff:128.0.0.1"] {
            #expect(try !address(text).isLoopback)
        }
        #expect(NetworkAddress([127, 0, 0]) == nil)
    }
}
