import Federation
import FoundationEssentials
import Outgoing
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The configuration of an upstream")
struct UpstreamConfigurationTests {
    private static let franceConnect = #"""
        {"kind": "franceconnect", "id": "franceconnect", "issuer": "https://fc.example.org/api/v2",
         "clientID": "educonnect", "clientSecretFile": "secret"}
        """#

    /// Writes `files` and a configuration that names them, and reads it.
    private func load(
        _ files: [String: String], _ environment: [String: String] = [:], in folder: TemporaryFolder
    ) throws -> Configuration {
        let names = files.keys.filter { $0.hasSuffix(".json") }.sorted()
        var files = files
        files["educonnect.json"] =
            #"{"issuer": "http://localhost:8080", "upstreams": ["#
            + names.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        for (name, text) in files {
            try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
        }
        return try Configuration.load(
            file: folder.path + "/educonnect.json", environment: environment)
    }

    private func load(
        _ text: String, _ environment: [String: String] = [:]
    ) throws -> UpstreamConfiguration {
        let folder = try TemporaryFolder("upstream")
        defer { folder.remove() }
        let files = ["franceconnect.json": text, "secret": "s3cret\n", "empty": "\n"]
        return try #require(try load(files, environment, in: folder).upstreams.first)
    }

    /// What is wrong, without the names of the files; empty where nothing is.
    private func problems(_ text: String, _ environment: [String: String] = [:]) throws -> [String]
    {
        do {
            _ = try load(text, environment)
            return []
        } catch let invalid as Configuration.Invalid {
            return invalid.problems.map { String($0.split(separator: ".json: ").last ?? "") }
        }
    }

    private func changed(_ edit: (inout [String: JSON]) -> Void) throws -> String {
        var members = try JSON(parsing: Self.franceConnect).members().members
        edit(&members)
        return String(decoding: JSON.object(members).serialized(), as: UTF8.self)
    }

    @Test("of FranceConnect needs no more than an issuer, an id, a client and a secret")
    func smallest() throws {
        let upstream = try load(Self.franceConnect)
        #expect(upstream.displayName == "FranceConnect")
        #expect(upstream.scope == FranceConnect.identityScope)
        #expect(upstream.acrValues == ["eidas1"])
        #expect(upstream.isEnabled)
        #expect(upstream.moreInformation == "https://franceconnect.gouv.fr")
        #expect(upstream.signInLifetime == .seconds(1800))
        guard case .secret(let secret) = upstream.authentication else {
            Issue.record("must hold a secret")
            return
        }
        #expect(secret.text == "s3cret")
    }

    @Test("of a standard provider has the standard's scopes, no level and no page to read")
    func standard() throws {
        let upstream = try load(
            changed {
                $0["kind"] = nil
                $0["id"] = "other"
            })
        #expect(upstream.kind == .standard && upstream.displayName == "other")
        #expect(upstream.scope.text == "openid profile")
        #expect(upstream.acrValues.isEmpty && upstream.moreInformation == nil)
    }

    @Test("is refused with each member that can't be", arguments: refusals)
    func refused(_ name: String, _ value: JSON?, _ problem: String) throws {
        #expect(try problems(changed { $0[name] = value }) == [problem], "\(name)")
    }

    private static let web = "must begin with https:// (http:// on this machine only)"
    static let refusals: [(String, JSON?, String)] = [
        ("kind", "google", "kind must be one of: franceconnect, standard"),
        ("id", nil, "id is missing"),
        ("id", "France Connect", "id must be 1 to 32 of a–z, 0–9 and -"),
        ("id", "../x", "id must be 1 to 32 of a–z, 0–9 and -"),
        ("id", "", "id must be 1 to 32 of a–z, 0–9 and -"),
        ("issuer", nil, "issuer is missing"),
        ("issuer", "http://fc.example.org", "issuer " + web),
        ("issuer", "https://fc.example.org?x=1", "issuer " + web),
        ("issuer", "fc", "issuer " + web),
        ("clientID", nil, "clientID is missing"),
        (
            "clientSecretFile", nil,
            "clientSecretFile or clientSecretEnv, or else clientKeyFile, must be given"
        ),
        (
            "clientKeyFile", "key.pem",
            "clientSecretFile or clientSecretEnv, or else clientKeyFile, must be given"
        ),
        ("clientSecretFile", "empty", "clientSecretFile holds no secret"),
        ("clientSecret", "in the open", "clientSecret is not a setting"),
        ("scope", "given_name", "scope must be scopes with spaces between, openid among them"),
        ("scope", "openid é", "scope must be scopes with spaces between, openid among them"),
        ("acrValues", 1, "acrValues must be a list of texts"),
        ("enabled", "yes", "enabled must be true or false"),
        ("moreInformation", "javascript:alert(1)", "moreInformation " + web),
        ("signInLifetime", 59, "signInLifetime must be a number from 60 to 7200"),
        ("displayname", "FC", "displayname is not a setting"),
    ]

    @Test("is on plain http on this machine only where our own issuer is")
    func plainHTTP() throws {
        let inUse = ["EDUCONNECT_ISSUER": "https://educonnect.example.org"]
        let text = try changed { $0["issuer"] = "http://localhost:8082/api/v2" }
        #expect(try problems(text).isEmpty)
        #expect(try problems(text, ["EDUCONNECT_ISSUER": "https://localhost:8443"]).isEmpty)
        #expect(try problems(Self.franceConnect, inUse).isEmpty)
        let refusal = "must begin with https:// (http:// is for an own issuer on localhost)"
        #expect(try problems(text, inUse) == ["issuer " + refusal])
        let information = try changed { $0["moreInformation"] = "http://127.0.0.1/" }
        #expect(try problems(information).isEmpty)
        #expect(try problems(information, inUse) == ["moreInformation " + refusal])
    }

    @Test("names the file that holds no secret, or isn't there")
    func missingFiles() throws {
        let secret = try #require(try problems(changed { $0["clientSecretFile"] = "no" }).first)
        #expect(secret.hasPrefix("clientSecretFile names a file that can't be read: "))
        let folder = try TemporaryFolder("upstream")
        defer { folder.remove() }
        let file = folder.path + "/educonnect.json"
        try #"{"issuer": "http://localhost:8080", "upstreams": ["no.json"]}"#.write(
            toFile: file, atomically: true, encoding: .utf8)
        #expect {
            try Configuration.load(file: file, environment: [:])
        } throws: { error in
            let problems = (error as? Configuration.Invalid)?.problems ?? []
            return problems == [
                "upstreams[0] names a file that can't be read: \(folder.path)/no.json"
            ]
        }
        #expect(try problems("{").first?.contains("is not JSON") == true)
    }

    @Test("lists all that is wrong with all of them at once")
    func all() throws {
        let folder = try TemporaryFolder("upstream")
        defer { folder.remove() }
        #expect {
            try load(["a.json": "{}", "b.json": "{}"], in: folder)
        } throws: { error in
            (error as? Configuration.Invalid)?.problems.count == 8
        }
    }

    @Test("shares neither its id nor its issuer with another (SR-37, security.md 2.30)")
    func twice() throws {
        let folder = try TemporaryFolder("upstream")
        defer { folder.remove() }
        let files = ["a.json": Self.franceConnect, "b.json": Self.franceConnect, "secret": "s"]
        #expect {
            try load(files, in: folder)
        } throws: { error in
            (error as? Configuration.Invalid)?.problems == [
                "upstreams[1] has the id of another: franceconnect",
                "upstreams[1] has the issuer of another: https://fc.example.org/api/v2",
            ]
        }
    }

    @Test("can be overridden by variables of its own name, the secret's place too")
    func variables() throws {
        let upstream = try load(
            changed {
                $0["clientSecretFile"] = nil
                $0["clientSecretEnv"] = "FC_SECRET"
            },
            ["FC_SECRET": "of the variable", "UPSTREAM_FRANCECONNECT_CLIENTID": "x"])
        guard case .secret(let secret) = upstream.authentication else {
            Issue.record("must hold a secret")
            return
        }
        #expect(secret.text == "of the variable" && upstream.clientID == "x")
        let other = try load(
            Self.franceConnect, ["UPSTREAM_FRANCECONNECT_ISSUER": "http://localhost:9/api/v2"])
        #expect(other.issuer == "http://localhost:9/api/v2")
    }

    @Test("makes a provider with one callback of its own, and its key where there is none")
    func made() async throws {
        let folder = try TemporaryFolder("upstream")
        defer { folder.remove() }
        let key = try changed {
            $0["clientSecretFile"] = nil
            $0["clientKeyFile"] = "keys/fc.pem"
        }
        let configuration = try load(["franceconnect.json": key], in: folder)
        let upstream = try #require(try configuration.makeUpstreams().first)
        #expect(upstream.id == "franceconnect" && upstream.isFranceConnect && upstream.isEnabled)
        #expect(upstream.callbackPath == "/franceconnect/retour")
        #expect(upstream.signedOutPath == "/franceconnect/deconnexion")
        #expect(try #require(upstream.publicKeys).keys.count == 1)
        #expect(
            try configuration.makeUpstreams().first?.publicKeys == upstream.publicKeys)
        #expect(upstream.provider.isAvailable(at: Date(timeIntervalSince1970: 0)))
    }

    @Test("sends the browser there with our addresses, and asks for its levels")
    func addresses() async throws {
        let upstream = try Upstream(
            load(Self.franceConnect), origin: "http://localhost:8080", http: Metadata())
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let random: @Sendable (Int) -> [UInt8] = { Array(repeating: 1, count: $0) }
        let started = try await upstream.provider.start(
            SignInWish(statePrefix: "id"), at: now, random: random)
        #expect(started.url.hasPrefix("https://fc.example.org/api/v2/authorize?"))
        let address = Form.encode([("redirect_uri", "http://localhost:8080/franceconnect/retour")])
        #expect(started.url.contains(address))
        #expect(started.url.contains("acr_values=eidas1"))
        #expect(started.pending.expiresAt == now.addingTimeInterval(1800))
        let out = try await upstream.provider.signOut(Secret("id.token"), state: "s", at: now)
        let bye = [("post_logout_redirect_uri", "http://localhost:8080/franceconnect/deconnexion")]
        #expect(try #require(out).contains(Form.encode(bye)))
    }

    /// FranceConnect's metadata, and nothing else.
    private struct Metadata: OutgoingHTTP {
        func send(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse {
            let issuer = "https://fc.example.org/api/v2"
            guard request.url == issuer + "/.well-known/openid-configuration" else {
                return OutgoingResponse(status: 404)
            }
            let json: JSON = [
                "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"),
                "token_endpoint": .string(issuer + "/token"), "jwks_uri": .string(issuer + "/jwks"),
                "userinfo_endpoint": .string(issuer + "/userinfo"),
                "end_session_endpoint": .string(issuer + "/session/end"),
            ]
            return OutgoingResponse(
                status: 200, headers: [("content-type", "application/json")],
                body: json.serialized())
        }
    }
}
