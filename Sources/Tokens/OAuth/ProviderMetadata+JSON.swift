extension ProviderMetadata {
    private typealias Text = (name: String, path: WritableKeyPath<ProviderMetadata, String?>)
    private typealias List = (name: String, path: WritableKeyPath<ProviderMetadata, [String]>)
    private typealias Flag = (name: String, path: WritableKeyPath<ProviderMetadata, Bool?>)

    private static var texts: [Text] {
        [
            ("authorization_endpoint", \.authorizationEndpoint),
            ("token_endpoint", \.tokenEndpoint),
            ("userinfo_endpoint", \.userInfoEndpoint),
            ("jwks_uri", \.jwksURI),
            ("registration_endpoint", \.registrationEndpoint),
            ("revocation_endpoint", \.revocationEndpoint),
            ("introspection_endpoint", \.introspectionEndpoint),
            ("end_session_endpoint", \.endSessionEndpoint),
            ("pushed_authorization_request_endpoint", \.pushedAuthorizationRequestEndpoint),
            ("service_documentation", \.serviceDocumentation),
            ("op_policy_uri", \.policyURI),
            ("op_tos_uri", \.termsURI),
        ]
    }

    private static var lists: [List] {
        [
            ("scopes_supported", \.scopes),
            ("response_types_supported", \.responseTypes),
            ("response_modes_supported", \.responseModes),
            ("grant_types_supported", \.grantTypes),
            ("acr_values_supported", \.acrValues),
            ("subject_types_supported", \.subjectTypes),
            ("id_token_signing_alg_values_supported", \.idTokenAlgorithms),
            ("userinfo_signing_alg_values_supported", \.userInfoAlgorithms),
            ("request_object_signing_alg_values_supported", \.requestObjectAlgorithms),
            ("token_endpoint_auth_methods_supported", \.tokenEndpointAuthMethods),
            ("token_endpoint_auth_signing_alg_values_supported", \.tokenEndpointAuthAlgorithms),
            ("revocation_endpoint_auth_methods_supported", \.revocationEndpointAuthMethods),
            ("introspection_endpoint_auth_methods_supported", \.introspectionEndpointAuthMethods),
            ("dpop_signing_alg_values_supported", \.dpopAlgorithms),
            ("code_challenge_methods_supported", \.codeChallengeMethods),
            ("display_values_supported", \.displayValues),
            ("claim_types_supported", \.claimTypes),
            ("claims_supported", \.claims),
            ("claims_locales_supported", \.claimsLocales),
            ("ui_locales_supported", \.uiLocales),
            ("prompt_values_supported", \.promptValues),
        ]
    }

    private static var flags: [Flag] {
        [
            ("require_pushed_authorization_requests", \.requirePushedAuthorizationRequests),
            ("claims_parameter_supported", \.claimsParameterSupported),
            ("request_parameter_supported", \.requestParameterSupported),
            ("request_uri_parameter_supported", \.requestURIParameterSupported),
            ("require_request_uri_registration", \.requireRequestURIRegistration),
            ("authorization_response_iss_parameter_supported", \.authorizationResponseIssSupported),
            ("backchannel_logout_supported", \.backChannelLogoutSupported),
            ("backchannel_logout_session_supported", \.backChannelLogoutSessionSupported),
            ("frontchannel_logout_supported", \.frontChannelLogoutSupported),
            ("frontchannel_logout_session_supported", \.frontChannelLogoutSessionSupported),
        ]
    }

    /// Reads somebody's document: `issuer` is required, other types are checked, the rest ignored.
    /// The caller compares `issuer` with the one it asked (Discovery §4.3).
    public init(_ json: JSON) throws(JSONError) {
        let members = try json.members()
        self.init(issuer: try members.requiredString("issuer"))
        for (name, path) in ProviderMetadata.texts {
            self[keyPath: path] = try members.optionalString(name)
        }
        for (name, path) in ProviderMetadata.lists {
            self[keyPath: path] = try members.stringArray(name) ?? []
        }
        for (name, path) in ProviderMetadata.flags {
            self[keyPath: path] = try members.bool(name)
        }
    }

    /// The document, in the order above. Empty lists and absent values are left out.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("issuer", issuer)
            for (name, path) in ProviderMetadata.texts {
                writer.member(name, ifPresent: self[keyPath: path])
            }
            for (name, path) in ProviderMetadata.lists where !self[keyPath: path].isEmpty {
                writer.member(name, self[keyPath: path])
            }
            for (name, path) in ProviderMetadata.flags {
                writer.member(name, ifPresent: self[keyPath: path])
            }
        }
        return writer.bytes
    }
}
