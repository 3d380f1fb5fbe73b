import Hummingbird
import Serving
import Testing

@Suite(
    "Ambiguous framing is refused, and nothing after it is served (security.md 2.49)",
    .timeLimit(.minutes(1)))
struct FramingTests {
    @Test(
        "with 400 and a closed connection",
        arguments: [
            ["Content-Length: 5", "Content-Length: 5"],
            ["Content-Length: 5", "Content-Length: 6"],
            ["Content-Length: 5", "Transfer-Encoding: chunked"],
            ["Transfer-Encoding: chunked", "Content-Length: 5"],
            ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
            ["Transfer-Encoding: gzip, chunked"],
            ["Transfer-Encoding: identity"],
            ["Transfer-Encoding : chunked"],
            ["Transfer-Encoding: xchunked"],
            ["Transfer-Encoding:\u{0B}chunked"],
            ["Content-Length: +5"],
            ["Content-Length: 5, 5"],
            ["Content-Length: 0x5"],
            ["Content-Length: -1"],
            ["Content-Length: 99999999999999999999"],
            ["X-Folded: a", " b"],
            ["X-Folded: a", "\tb"],
            ["X Space: a"],
            ["No-Colon"],
            ["X-Null: a\u{0}b"],
            ["Host: other"],
        ])
    func refused(fields: [String]) async throws {
        try await RunningServer.run { server in
            let text =
                "POST /echo HTTP/1.1\r\nHost: h\r\n" + fields.joined(separator: "\r\n")
                + "\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n"
            let answer = Answer(try await server.exchange(text))
            #expect(answer.status == 400)
            #expect(answer.count == 1)
            #expect(answer["connection"] == "close")
            #expect(answer["x-frame-options"] == "DENY")
        }
    }

    @Test(
        "a request line that is none is refused",
        arguments: [
            ("GET /ping HTTP/1.1\r\n\r\n", 400),  // no Host
            ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("GET /caf\u{E9} HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("GET ping HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
            ("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501),
            ("GET /ping HTTP/3.7\r\nHost: h\r\n\r\n", 400),
            ("\u{16}\u{3}\u{1}\u{2}\u{0}", 400),  // TLS to a plain port
            ("POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("GET /ping HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417),
        ])
    func badStart(text: String, status: Int) async throws {
        try await RunningServer.run { server in
            let answer = Answer(try await server.exchange(text))
            #expect(answer.status == status)
            #expect(answer.count == 1)
        }
    }

    @Test("white space around a field's value is not part of it (RFC 9110 §5.5)")
    func spaceAroundValue() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/authorization") { request, _ in
                JSONResponse(Array("[\(request.headers[.authorization] ?? "none")]".utf8))
            }
        }) { server in
            let text =
                "GET /authorization HTTP/1.1\r\nHost: h\r\nAuthorization: \t Bearer a b \t\r\n"
            let answer = Answer(try await server.exchange(text + "Connection: close\r\n\r\n"))
            #expect(answer.status == 200)
            #expect(answer.text.hasSuffix("[Bearer a b]"))
        }
    }

    @Test("an absolute target is its path (RFC 9112 §3.2.2)")
    func absoluteForm() async throws {
        try await RunningServer.run { server in
            let whole = try await server.request("GET", "http://example.org/ping")
            #expect(whole.status == 200)
            let empty = try await server.request("GET", "http:///ping")
            #expect(empty.status == 400)
        }
    }

    @Test("requests sent ahead are answered one by one, in order")
    func pipelined() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/later") { _, _ in
                await Task.yield()
                return JSONResponse(Array("later".utf8))
            }
        }) { server in
            let one = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"
            let two = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n"
            let last =
                "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nend"
            let answer = Answer(try await server.exchange(one + two + one + two + last))
            #expect(answer.count == 5)
            let bodies = ["later", "pong", "later", "pong", "end"]
            var rest = answer.text[...]
            for body in bodies {
                let found = try #require(rest.range(of: body))
                rest = rest[found.upperBound...]
            }
        }
    }

    @Test("a client that has closed its half still gets its answer")
    func halfClosed() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/later") { _, _ in
                await Task.yield()
                return JSONResponse(Array("later".utf8))
            }
        }) { server in
            for path in ["/ping", "/later"] {
                let answer = try await server.exchange(
                    "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n", halfClose: true)
                #expect(Answer(answer).status == 200)
            }
        }
    }

    @Test("HTTP/1.0 closes unless asked to stay, and 100-continue is said where it is expected")
    func olderAndCareful() async throws {
        try await RunningServer.run { server in
            let old = Answer(try await server.exchange("GET /ping HTTP/1.0\r\n\r\n"))
            #expect(old.status == 200)
            #expect(old["connection"] == "close")
            let careful = try await server.exchange(
                "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 2\r\n\r\nok")
            #expect(careful.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }
}

extension Substring {
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
