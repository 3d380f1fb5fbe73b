import HTTPTypes
import TestSupport
import Testing

@testable import IdP

@Suite("An address of the provider")
struct AddressTests {
    @Test("that may change something takes no HEAD (RFC 9110 §9.2.1)")
    func head() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            for path in [try world.request(), "/authorize/x", "/authorize/x/password", "/logout"] {
                let answer = try await world.door.request(.head, path, headers: [.cookie: cookie])
                #expect(answer.code == 405 && answer.headers[.location] == nil)
                #expect(answer.headers[.allow]?.contains("HEAD") == false)
            }
            for path in ["/", "/jwks", "/.well-known/openid-configuration", "/health/live"] {
                let code = try await world.door.get(path).code
                #expect(try await world.door.request(.head, path).code == code)
            }
        }
    }

    @Test(
        "has one spelling",
        arguments: ["//token", "/token/", "/token//", "///token", "//authorize", "/logout/", "//"])
    func spelling(_ path: String) async throws {
        try await SignInWorld.run { world in
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await world.door.request(method, path)
                #expect(answer.code == 404)
                #expect(answer.text.contains("Cette page n&#39;existe pas"))
            }
            #expect(try await world.door.post("/token", []).code == 400)
        }
    }
}
