import HTML
import HTTPTypes
import Hummingbird
import Serving
import Testing

@Suite("Every answer", .timeLimit(.minutes(1)))
struct AnswerTests {
    static let protective = [
        "x-frame-options": "DENY", "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin", "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "date": "Sun, 06 Nov 1994 08:49:37 GMT",
    ]

    @Test(
        "carries the protective fields (SR-61, security.md 2.50)",
        arguments: [
            ("GET", "/ping", 200), ("GET", "/nothing", 404), ("PUT", "/ping", 405),
            ("HEAD", "/ping", 200),
            ("GET", "/broken", 500), ("GET", "/bare", 500), ("GET", "bad", 400),
        ])
    func protected(method: String, target: String, status: Int) async throws {
        try await RunningServer.run(routes: Self.failing) { server in
            let answer = try await server.request(method, target)
            #expect(answer.status == status)
            for (name, value) in Self.protective { #expect(answer[name] == value, "\(name)") }
            let policy = try #require(answer["content-security-policy"])
            for part in [
                "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
                "form-action 'self'",
            ] {
                #expect(policy.contains(part))
            }
            #expect(!policy.contains("unsafe"))
        }
    }

    private static func failing(_ router: Router<ServingContext>) {
        struct Secret: Error { let password = "canary-4711" }
        router.get("/broken") { _, _ -> Response in throw Secret() }
        router.get("/bare") { _, _ in
            Response(status: .ok, body: ResponseBody { _ in throw Secret() })
        }
    }

    @Test("tells a failure's reference to its reader and its cause to the log only (SR-64)")
    func causes() async throws {
        try await RunningServer.run(routes: Self.failing) { server in
            for path in ["/broken", "/bare"] {
                let answer = try await server.request("GET", path)
                #expect(!answer.text.contains("canary"))
                let line = try #require(server.log.lines.last { $0.contains("canary") })
                let reference = try #require(
                    line.components(separatedBy: "\"correlation\":\"").last?.prefix(13))
                #expect(answer.body.contains(reference))
            }
        }
    }

    @Test("keeps a field that its endpoint set, once")
    func ownFields() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/keys") { _, _ in
                JSONResponse([], headers: [.cacheControl: "public, max-age=60", .date: "x"])
            }
        }) { server in
            let answer = try await server.request("GET", "/keys")
            #expect(answer["cache-control"] == "public, max-age=60")
            #expect(answer.text.components(separatedBy: "Cache-Control").count == 2)
            #expect(answer["date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(answer["x-frame-options"] == "DENY")
        }
    }

    @Test("to HEAD is that to GET without its body")
    func head() async throws {
        try await RunningServer.run { server in
            let get = try await server.request("GET", "/ping")
            let head = try await server.request("HEAD", "/ping")
            #expect(head.status == 200)
            #expect(head["content-length"] == get["content-length"])
            #expect(head.body.isEmpty)
            #expect(!get.body.isEmpty)
        }
    }

    @Test(
        "names the methods that a path knows (RFC 9110 §15.5.6, ASVS V4.1.4)",
        arguments: [
            ("POST", "/ping", "GET, HEAD"), ("TRACE", "/ping", "GET, HEAD"),
            ("GET", "/echo", "POST"),
            ("OPTIONS", "/echo", "POST"),
        ])
    func allow(method: String, target: String, allowed: String) async throws {
        try await RunningServer.run { server in
            let answer = try await server.request(method, target)
            #expect(answer.status == 405)
            #expect(answer["allow"] == allowed)
        }
    }

    @Test(
        "is 404 with a page where there is nothing",
        arguments: ["/", "/ping/x.css", "/static/x", "/static/../etc"])
    func notFound(target: String) async throws {
        try await RunningServer.run { server in
            let answer = try await server.request("GET", target)
            #expect(answer.status == 404)
            #expect(answer.body.contains("Cette page n&#39;existe pas"))
        }
    }

    @Test("shows a reference that the log holds with status and route, and never the query")
    func reference() async throws {
        try await RunningServer.run { server in
            for (method, target, status) in [
                ("GET", "/x?code=s3cret", 404), ("GET", "/echo?s3cret", 405),
            ] {
                let answer = try await server.request(method, target)
                #expect(answer.status == status)
                let reference = try #require(
                    answer.body.firstMatch(of: /id="reference">([^<]*)</)?.output.1)
                let line = try #require(server.log.lines.last { $0.contains(reference) })
                #expect(line.contains("\"status\":\"\(status)\""), "\(line)")
                #expect(line.contains("\"route\""), "\(line)")
                #expect(!server.log.lines.joined().contains("s3cret"))
            }
        }
    }

    @Test("has no body nor length with 204 and 304")
    func noContent() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/none") { _, _ in Response(status: .noContent) }
        }) { server in
            let answer = try await server.request("GET", "/none")
            #expect(answer.status == 204)
            #expect(answer["content-length"] == nil)
        }
    }
}

@Suite("A redirect", .timeLimit(.minutes(1)))
struct RedirectTests {
    @Test("can't end its header line (security.md 2.49)")
    func injection() async throws {
        let target = "https://example.org/cb?state=a\r\nSet-Cookie: x=1\r\n\r\n<script>é \u{0}"
        let encoded =
            "https://example.org/cb?state=a%0D%0ASet-Cookie:%20x=1%0D%0A%0D%0A%3Cscript%3E%C3%A9%20%00"
        #expect(Redirect.found(target).headers[.location] == encoded)
        try await RunningServer.run(routes: { router in
            router.get("/go") { _, _ in Redirect.found(target) }
            router.post("/go") { _, _ in Redirect.seeOther("/next") }
        }) { server in
            let answer = try await server.request("GET", "/go")
            #expect(answer.status == 302)
            #expect(answer["location"] == encoded)
            #expect(answer["set-cookie"] == nil)
            let next = try await server.request("POST", "/go", body: "a")
            #expect(next.status == 303)
            #expect(next["location"] == "/next")
        }
    }

    @Test("leaves a URL alone that is one")
    func untouched() {
        let url = "https://example.org:8443/a%20b?x=1&y=[2]~#f"
        #expect(Redirect.seeOther(url).headers[.location] == url)
    }

    @Test("a header value with a line end reaches the wire as one line")
    func headerValue() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/set") { _, _ in
                Response(status: .ok, headers: [.setCookie: "a=b\r\nX-Injected: 1"])
            }
        }) { server in
            let answer = try await server.request("GET", "/set")
            #expect(answer["x-injected"] == nil)
        }
    }
}

@Suite("A page that leaves for a client")
struct LeavePageTests {
    @Test("goes on by itself and by a link, with 200 (D15)")
    func leave() async throws {
        let page = LeavePage(
            layout: sampleLayout, to: "https://app.example.org/cb?code=1&state='\"<",
            destination: "LSU <1>")
        let text = try await text(of: page.response)
        let url = "https://app.example.org/cb?code=1&amp;state=%27%22%3C"
        #expect(page.response.status == .ok)
        #expect(text.contains("<meta http-equiv=\"refresh\" content=\"0; url=\(url)\">"))
        #expect(text.contains("href=\"\(url)\" id=\"continue\""))
        #expect(text.contains("LSU &lt;1&gt;"))
    }

    @Test("never leaves for a script")
    func script() async throws {
        let page = LeavePage(layout: sampleLayout, to: "javascript:alert(1)", destination: "x")
        let text = try await text(of: page.response)
        #expect(text.contains("href=\"#\""))
        #expect(!text.contains("url=javascript"))
    }

    @Test("posts a form_post answer with a button for those without script, and may post anywhere")
    func formPost() async throws {
        let page = FormPostPage(
            layout: sampleLayout, to: "https://app.example.org/cb",
            fields: [("code", "a\"b"), ("state", "s")], destination: "LSU")
        let text = try await text(of: page.response)
        #expect(
            text.contains(
                "<form action=\"https://app.example.org/cb\" method=\"post\" id=\"form-post\""))
        #expect(text.contains("<input type=\"hidden\" name=\"code\" value=\"a&quot;b\">"))
        #expect(text.contains("<button"))
        #expect(text.contains("<script src=\"\(StaticFiles.submitScript.path)\" defer></script>"))
        let policy = try #require(page.response.headers[.contentSecurityPolicy])
        #expect(!policy.contains("form-action"))
        #expect(policy.contains("frame-ancestors 'none'"))
    }

    private func text(of response: Response) async throws -> String {
        final class Sink: ResponseBodyWriter {
            var bytes = ByteBuffer()
            func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }
            func finish(_ trailingHeaders: HTTPFields?) async throws {}
        }
        let sink = Sink()
        try await response.body.write(sink)
        return String(buffer: sink.bytes)
    }
}

@Suite("A static file", .timeLimit(.minutes(1)))
struct StaticFileTests {
    @Test("is kept for good under an address of its own, and not sent twice")
    func caching() async throws {
        try await RunningServer.run { server in
            for file in [StaticFiles.styleSheet, StaticFiles.submitScript, StaticFiles.icon] {
                let first = try await server.request("GET", file.path)
                #expect(first.status == 200)
                #expect(first["content-type"] == file.contentType)
                #expect(first["cache-control"] == "public, max-age=31536000, immutable")
                let tag = try #require(first["etag"])
                let again = try await server.request("GET", file.path, ["If-None-Match: \(tag)"])
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
            }
        }
    }
}
