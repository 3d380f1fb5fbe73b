import Testing

@testable import Tokens

@Suite("A provider's metadata")
struct ProviderMetadataTests {
    @Test("comes back from its document, which leaves out what isn't there")
    func roundTrip() throws {
        var metadata = ProviderMetadata(issuer: "https://op.example.org")
        #expect(
            String(decoding: metadata.serialized(), as: UTF8.self)
                == #"{"issuer":"https://op.example.org"}"#)
        metadata.authorizationEndpoint = "https://op.example.org/authorize"
        metadata.jwksURI = "https://op.example.org/jwks"
        metadata.responseTypes = ["code"]
        metadata.idTokenAlgorithms = ["RS256", "ES256"]
        metadata.requestURIParameterSupported = false
        metadata.backChannelLogoutSupported = true
        let again = try ProviderMetadata(try JSON(parsing: metadata.serialized()))
        #expect(again == metadata)
    }

    @Test("uses registered names only (conformance.md §1)")
    func names() throws {
        var metadata = ProviderMetadata(issuer: "https://op.example.org")
        metadata.revocationEndpoint = "https://op.example.org/revoke"
        metadata.scopes = ["openid"]
        metadata.authorizationResponseIssSupported = true
        let json = try JSON(parsing: metadata.serialized())
        #expect(
            json == [
                "issuer": "https://op.example.org",
                "revocation_endpoint": "https://op.example.org/revoke",
                "scopes_supported": ["openid"],
                "authorization_response_iss_parameter_supported": true,
            ])
    }

    @Test(
        "is refused without an issuer or with members of a wrong type",
        arguments: [
            ("{}", "issuer"), (#"{"issuer":1}"#, "issuer"),
            (#"{"issuer":"i","jwks_uri":[]}"#, "jwks_uri"),
            (#"{"issuer":"i","scopes_supported":"openid"}"#, "scopes_supported"),
            (#"{"issuer":"i","scopes_supported":["a",1]}"#, "scopes_supported[1]"),
            (
                #"{"issuer":"i","request_parameter_supported":"true"}"#,
                "request_parameter_supported"
            ),
        ])
    func refused(text: String, path: String) {
        #expect { try ProviderMetadata(try JSON(parsing: text)) } throws: { error in
            (error as? JSONError)?.path == path
        }
    }
}
