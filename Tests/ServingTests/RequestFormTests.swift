import HTTPTypes
import Hummingbird
import Serving
import Testing
import Tokens

@Suite("The form of a request (security.md 2.48)", .timeLimit(.minutes(1)))
struct RequestFormTests {
    /// Answers with what it read, or with the error's own status.
    private static func routes(_ router: Router<ServingContext>) {
        router.post("/form") { request, context in
            do throws(RequestFormError) {
                return reply(try await RequestForm.body(request, context))
            } catch {
                return JSONResponse(Array("own words".utf8), status: error.status)
            }
        }
        router.post("/strict") { request, context in
            reply(try await RequestForm.body(request, context))
        }
        router.get("/query") { request, _ in reply(try RequestForm.query(request)) }
    }

    private static func reply(_ form: Form) -> JSONResponse {
        let pairs = form.parameters.map { "\($0.name)=\($0.value)" }
        return JSONResponse(Array(pairs.joined(separator: "|").utf8))
    }

    private static let formType = "Content-Type: application/x-www-form-urlencoded"

    @Test(
        "is read from the body, whatever parameters its type has",
        arguments: [
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: Application/X-WWW-Form-URLencoded ; charset=UTF-8",
        ])
    func body(field: String) async throws {
        try await RunningServer.run(routes: Self.routes) { server in
            let answer = try await server.request(
                "POST", "/form", [field], body: "a=1&b=%C3%A9+x&c=")
            #expect(answer.status == 200)
            #expect(answer.body == "a=1|b=é x|c=")
        }
    }

    @Test("is read from the query; none is an empty one")
    func query() async throws {
        try await RunningServer.run(routes: Self.routes) { server in
            let some = try await server.request("GET", "/query?state=a%26b&x=1")
            #expect(some.body == "state=a&b|x=1")
            let none = try await server.request("GET", "/query")
            #expect(none.status == 200)
            #expect(none.body.isEmpty)
            let broken = try await server.request("GET", "/query?a=%zz")
            #expect(broken.status == 400)
        }
    }

    @Test(
        "of another type is refused with 415",
        arguments: [
            [], ["Content-Type: application/json"], ["Content-Type: text/plain"],
            ["Content-Type: multipart/form-data; boundary=x"],
        ])
    func otherType(fields: [String]) async throws {
        try await RunningServer.run(routes: Self.routes) { server in
            let answer = try await server.request("POST", "/form", fields, body: "a=1")
            #expect(answer.status == 415)
            #expect(answer.body == "own words")
        }
    }

    @Test("that is too large is refused by its endpoint with 413")
    func tooLarge() async throws {
        try await RunningServer.run(routes: Self.routes) { server in
            let body = "a=" + String(repeating: "x", count: 1 << 20)
            let answer = try await server.request("POST", "/form", [Self.formType], body: body)
            #expect(answer.status == 413)
            #expect(answer.body == "own words")
        }
    }

    @Test(
        "that is malformed is refused with 400, by a page where the endpoint says nothing",
        arguments: [
            "a=%", "a=%FF", "a=%00", (0..<100).map { "p\($0)=1" }.joined(separator: "&"),
        ])
    func malformed(body: String) async throws {
        try await RunningServer.run(routes: Self.routes) { server in
            let answer = try await server.request("POST", "/strict", [Self.formType], body: body)
            #expect(answer.status == 400)
            #expect(answer.body.contains("Cette demande n&#39;est pas valable"))
        }
    }
}
