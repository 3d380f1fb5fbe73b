import HTTPTypes
import Hummingbird
import Serving
import Testing

@Suite("The cookies of a request (security.md 2.45, 2.55)")
struct CookieTests {
    private func jar(_ fields: String...) -> CookieJar {
        var headers = HTTPFields()
        for field in fields { headers.append(HTTPField(name: .cookie, value: field)) }
        return CookieJar(headers)
    }

    @Test("are found by name")
    func found() {
        let jar = jar("a=1; b=two=2;c=; __Host-educonnect-session=ecs_x")
        #expect(jar["a"] == "1")
        #expect(jar["b"] == "two=2")
        #expect(jar["c"] == "")
        #expect(jar["__Host-educonnect-session"] == "ecs_x")
        #expect(jar["d"] == nil)
        #expect(jar.duplicates.isEmpty)
    }

    @Test("are absent where their name comes twice, in one field or two")
    func doubled() {
        for jar in [
            jar("s=1; s=2"), jar("s=1", "s=2"), jar("s=1; s=1"), jar("s=bad\"; s=1"),
            jar("s=1; s=2; s=3"),
        ] {
            #expect(jar["s"] == nil)
            #expect(jar.duplicates == ["s"])
        }
    }

    @Test("are absent over 4,096 bytes, and their neighbours stay")
    func oversized() {
        let fits = String(repeating: "a", count: 4_096)
        let jar = jar("big=\(fits)a; small=1; whole=\(fits)")
        #expect(jar["big"] == nil)
        #expect(jar["small"] == "1")
        #expect(jar["whole"] == fits)
    }

    @Test(
        "are absent with characters that none of ours has",
        arguments: ["a b", "\"a\"", "a,b", "a\\b", "é"])
    func characters(value: String) {
        #expect(jar("s=\(value)")["s"] == nil)
    }

    @Test("are read up to a bound")
    func tooMany() {
        let many = (0..<10_000).map { "n\($0)=1" }.joined(separator: "; ")
        #expect(jar(many)["n0"] == "1")
        #expect(jar(many)["n9999"] == nil)
    }

    @Test("a cookie of 8 KB is simply not there", .timeLimit(.minutes(1)))
    func overTheWire() async throws {
        try await RunningServer.run(routes: { router in
            router.get("/cookie") { request, _ in
                JSONResponse(Array((CookieJar(request)["s"] ?? "none").utf8))
            }
        }) { server in
            let large = try await server.request(
                "GET", "/cookie", ["Cookie: s=\(String(repeating: "a", count: 8_192))"])
            #expect(large.status == 200)
            #expect(large.body == "none")
            let small = try await server.request("GET", "/cookie", ["Cookie: s=ok"])
            #expect(small.body == "ok")
        }
    }
}

@Suite("The names of a program's cookies (D15, SR-57)")
struct CookieNameTests {
    @Test("over https are bound to the host, unreadable to scripts and same-site")
    func secure() {
        let names = CookieNames(secure: true, application: "educonnect")
        #expect(names.session == "__Host-educonnect-session")
        #expect(names.browser == "__Host-educonnect-browser")
        #expect(names.staffSession == "__Host-educonnect-staff")
        #expect(
            names.setCookie(names.session, "ecs_1")
                == "__Host-educonnect-session=ecs_1; Path=/; HttpOnly; SameSite=Lax; Secure")
    }

    @Test("on plain http name the program, since programs share the host")
    func plain() {
        let names = CookieNames(secure: false, application: "lsu")
        #expect(names.session == "lsu-dev-session")
        #expect(!names.setCookie(names.session, "x").contains("Secure"))
    }

    @Test("expire at once, and last as long as told")
    func age() {
        let names = CookieNames(secure: true, application: "educonnect")
        #expect(names.expire(names.session).hasSuffix("; Max-Age=0"))
        #expect(names.expire(names.session).contains("session=;"))
        #expect(names.setCookie("a", "b", maxAge: .seconds(3600)).contains("; Max-Age=3600"))
    }

    @Test("can't be broken out of by a value")
    func injection() {
        let names = CookieNames(secure: true, application: "educonnect")
        #expect(names.setCookie("a", "x; Domain=evil\r\ny").hasPrefix("a=xDomain=evily; Path=/"))
    }
}
