extension ClientMetadata {
    /// The registration response's part of the metadata, defaults spelt out; reading it again gives
    /// the same value.
    public var json: JSON {
        var members: [String: JSON] = [
            "application_type": .string(applicationType.rawValue),
            "grant_types": .strings(grantTypes.map(\.rawValue)),
            "response_types": .strings(responseTypes.map(\.rawValue)),
            "token_endpoint_auth_method": .string(authenticationMethod.rawValue),
            "id_token_signed_response_alg": .string(idTokenAlgorithm.rawValue),
            "subject_type": .string(subjectType.rawValue),
            "require_auth_time": .bool(requireAuthTime),
        ]
        let texts: [(String, String?)] = [
            ("token_endpoint_auth_signing_alg", authenticationAlgorithm?.rawValue),
            ("scope", scope?.text),
            ("client_name", clientName),
            ("client_uri", clientURI),
            ("logo_uri", logoURI),
            ("policy_uri", policyURI),
            ("tos_uri", termsURI),
            ("software_id", softwareID),
            ("software_version", softwareVersion),
            ("jwks_uri", jwksURI),
            ("userinfo_signed_response_alg", userInfoAlgorithm?.rawValue),
            ("initiate_login_uri", initiateLoginURI),
            ("backchannel_logout_uri", backChannelLogoutURI),
            ("frontchannel_logout_uri", frontChannelLogoutURI),
        ]
        for case (let name, let text?) in texts { members[name] = .string(text) }
        for (tag, name) in clientNames { members["client_name#" + tag] = .string(name) }
        let lists: [(String, [String])] = [
            ("redirect_uris", redirectURIs.map(\.text)),
            ("post_logout_redirect_uris", postLogoutRedirectURIs.map(\.text)),
            ("contacts", contacts),
            ("default_acr_values", defaultACRValues),
            ("request_uris", requestURIs),
        ]
        for (name, list) in lists where !list.isEmpty { members[name] = .strings(list) }
        if let jwks { members["jwks"] = jwks.json }
        if let defaultMaxAge {
            members["default_max_age"] = .integer(defaultMaxAge.components.seconds)
        }
        if backChannelLogoutURI != nil {
            members["backchannel_logout_session_required"] = .bool(backChannelLogoutSessionRequired)
        }
        if frontChannelLogoutURI != nil {
            members["frontchannel_logout_session_required"] =
                .bool(frontChannelLogoutSessionRequired)
        }
        return .object(members)
    }
}

extension JSON {
    static func strings(_ texts: [String]) -> JSON {
        .array(texts.map(JSON.string))
    }
}
