import Flow
import FoundationEssentials
import Store
import Testing
import Tokens

@Suite("A registration of a teleservice")
struct ClientRegistrationTests {
    private static func register(_ members: [String: JSON]) throws -> ClientRegistration {
        var document: [String: JSON] = ["redirect_uris": [.string(Samples.redirectURI)]]
        document.merge(members) { $1 }
        return try ClientRegistration(
            .object(document), development: true, at: Samples.now,
            random: { [UInt8](repeating: 7, count: $0) })
    }

    private static func problems(_ members: [String: JSON]) throws -> [String] {
        do {
            _ = try register(members)
            return []
        } catch let refused as ClientRegistration.Refused {
            return refused.problems
        }
    }

    @Test("without a scope is told that it may ask who somebody is, and no more (RFC 7591 §3.2.1)")
    func scope() throws {
        let registration = try Self.register([:])
        #expect(registration.response.member("scope") == "openid profile")
        let client = try RegisteredClient(registration.client)
        let request = try Samples.request([("scope", "openid profile email")], client)
        #expect(request.scope.text == "openid profile")
    }

    @Test(
        "has the host of its redirect URIs for its sector, unless the operator says another (Core §8.1)"
    )
    func sector() throws {
        let hosts: JSON = ["https://a.example.org/cb", "https://b.example.org/cb"]
        #expect(try Self.register([:]).client.sector == "teleservice.example.org")
        let ports: JSON = ["http://localhost:8081/cb", "http://localhost:8084/cb"]
        #expect(try Self.register(["redirect_uris": ports]).client.sector == "localhost")
        let named: JSON = ["sector": "cantines"]
        #expect(
            try Self.register(["redirect_uris": hosts, "educonnect": named]).client.sector
                == "cantines")
        #expect(
            try Self.problems(["redirect_uris": hosts]).contains {
                $0.hasPrefix("educonnect.sector")
            }
        )
        #expect(try Self.problems(["educonnect": ["sector": ""]]).count == 1)
        #expect(
            try Self.register(["redirect_uris": hosts, "subject_type": "public"]).client.sector
                == "public")
    }

    @Test("can't name its sector itself: nobody would look whether it is that one's")
    func sectorOfItsOwn() throws {
        let problems = try Self.problems(["sector_identifier_uri": "https://lsu.example.org/s"])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("sector_identifier_uri: ") == true)
    }

    @Test("never has the revision of an earlier one under its id")
    func revision() throws {
        let first = try Self.register(["client_id": "lsu"]).client
        let later = try ClientRegistration(
            ["client_id": "lsu", "redirect_uris": [.string(Samples.redirectURI)]],
            development: true, at: Samples.now + .seconds(1),
            random: { [UInt8](repeating: 7, count: $0) })
        #expect(later.client.revision > first.revision)
    }
}
