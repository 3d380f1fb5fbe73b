extension ClientMetadata {
    /// Members that would promise what nothing here keeps: refused rather than left out, or the
    /// client would rely on it, and get its tokens in clear, say, without knowing.
    private static let unkeptMembers = [
        "id_token_encrypted_response_alg": "encryption is not supported",
        "id_token_encrypted_response_enc": "encryption is not supported",
        "userinfo_encrypted_response_alg": "encryption is not supported",
        "userinfo_encrypted_response_enc": "encryption is not supported",
        "request_object_encryption_alg": "encryption is not supported",
        "request_object_encryption_enc": "encryption is not supported",
        "request_object_signing_alg": "request objects are not supported",
        "sector_identifier_uri": "is not fetched: the operator names the sector",
    ]
    /// The same, where they are not false.
    private static let unkeptFlags = [
        "require_pushed_authorization_requests": "pushed requests are not supported",
        "dpop_bound_access_tokens": "DPoP is not supported",
    ]
    /// Who registers no scope may ask for who somebody is, and no more (RFC 7591 §2).
    private static let defaultScope = Scope("openid profile")
    /// Ten years: beyond it `max_age` says nothing.
    private static let maxAgeMax: Int64 = 10 * 365 * 86_400

    /// Reads a registration; every error is listed. Unknown members are left out (RFC 7591 §2).
    ///
    /// - Parameters:
    ///   - development: also allows http on loopback hosts.
    ///   - isStored: reads what was registered once, maybe before promises were refused that
    ///     nothing keeps.
    public init(
        _ json: JSON, development: Bool = false, isStored: Bool = false
    ) throws(ClientMetadataErrors) {
        self.init()
        let members: JSONMembers
        do {
            members = try json.members()
        } catch {
            throw ClientMetadataErrors(errors: [
                .init(code: .invalidClientMetadata, path: "", reason: "not a JSON object")
            ])
        }
        var reader = ClientMetadataReader(members, development: development)
        if !isStored { refusePromises(&reader) }
        readFlow(&reader)
        readDescription(&reader)
        readKeys(&reader)
        if !isStored { requireKey(&reader) }
        readTokens(&reader)
        readLogout(&reader)
        checkTogether(&reader)
        guard reader.errors.isEmpty else { throw ClientMetadataErrors(errors: reader.errors) }
    }

    private func refusePromises(_ reader: inout ClientMetadataReader) {
        for name in reader.names {
            if let reason = ClientMetadata.unkeptMembers[name] { reader.fail(name, reason) }
            if let reason = ClientMetadata.unkeptFlags[name], reader.bool(name) == true {
                reader.fail(name, reason)
            }
        }
    }

    private func requireKey(_ reader: inout ClientMetadataReader) {
        guard authenticationMethod == .privateKeyJWT else { return }
        if !reader.has("jwks") {
            reader.fail(
                "token_endpoint_auth_method",
                "private_key_jwt needs jwks; keys at a jwks_uri are not read")
        } else if let jwks, jwks.keys.isEmpty {
            reader.fail("jwks", "private_key_jwt needs a key")
        }
    }

    private mutating func readFlow(_ reader: inout ClientMetadataReader) {
        applicationType = reader.value("application_type", ApplicationType.self) ?? .web
        grantTypes = reader.values("grant_types", GrantType.self) ?? [.authorizationCode]
        let usesCode = grantTypes.contains(.authorizationCode)
        responseTypes =
            reader.values("response_types", ResponseType.self) ?? (usesCode ? [.code] : [])
        authenticationMethod =
            reader.value("token_endpoint_auth_method", AuthenticationMethod.self)
            ?? .clientSecretBasic
        authenticationAlgorithm = reader.value("token_endpoint_auth_signing_alg", Algorithm.self)
        redirectURIs = reader.redirectURIs(
            "redirect_uris", redirectRules(development: reader.development), .invalidRedirectURI)
        if let text = reader.string("scope") {
            scope = Scope(text)
            if scope == nil { reader.fail("scope", "not a list of scope values") }
        } else if usesCode {
            scope = ClientMetadata.defaultScope
        }
        requestURIs = reader.webURIs("request_uris", allowsFragment: true)
        initiateLoginURI = reader.webURI("initiate_login_uri")
    }

    private mutating func readDescription(_ reader: inout ClientMetadataReader) {
        clientName = reader.text("client_name")
        let prefix = "client_name#"
        for name in reader.names where name.hasPrefix(prefix) {
            let tag = String(name.dropFirst(prefix.count))
            guard clientNames.count < ClientMetadataReader.listCountMax, isLanguageTag(tag) else {
                reader.fail(name, "not a language tag, or too many")
                continue
            }
            clientNames[tag] = reader.text(name)
        }
        clientURI = reader.webURI("client_uri", allowsFragment: true)
        logoURI = reader.webURI("logo_uri")
        policyURI = reader.webURI("policy_uri", allowsFragment: true)
        termsURI = reader.webURI("tos_uri", allowsFragment: true)
        contacts = reader.texts("contacts")
        softwareID = reader.text("software_id")
        softwareVersion = reader.text("software_version")
    }

    private mutating func readKeys(_ reader: inout ClientMetadataReader) {
        jwks = reader.keys("jwks")
        jwksURI = reader.webURI("jwks_uri")
        if reader.has("jwks") && reader.has("jwks_uri") {
            reader.fail("jwks_uri", "must not stand beside jwks")
        }
    }

    private mutating func readTokens(_ reader: inout ClientMetadataReader) {
        idTokenAlgorithm = reader.value("id_token_signed_response_alg", Algorithm.self) ?? .rs256
        userInfoAlgorithm = reader.value("userinfo_signed_response_alg", Algorithm.self)
        subjectType = reader.value("subject_type", SubjectType.self) ?? .pairwise
        if let seconds = reader.integer("default_max_age") {
            if (0...ClientMetadata.maxAgeMax).contains(seconds) {
                defaultMaxAge = .seconds(seconds)
            } else {
                reader.fail("default_max_age", "must be 0 to \(ClientMetadata.maxAgeMax) seconds")
            }
        }
        requireAuthTime = reader.bool("require_auth_time") ?? false
        defaultACRValues = reader.texts("default_acr_values")
    }

    private mutating func readLogout(_ reader: inout ClientMetadataReader) {
        postLogoutRedirectURIs = reader.redirectURIs(
            "post_logout_redirect_uris", redirectRules(development: reader.development),
            .invalidClientMetadata)
        backChannelLogoutURI = reader.webURI("backchannel_logout_uri")
        backChannelLogoutSessionRequired =
            reader.bool("backchannel_logout_session_required") ?? false
        frontChannelLogoutURI = reader.webURI("frontchannel_logout_uri")
        frontChannelLogoutSessionRequired =
            reader.bool("frontchannel_logout_session_required") ?? false
    }

    /// The rules that join several members.
    private func checkTogether(_ reader: inout ClientMetadataReader) {
        let usesCode = grantTypes.contains(.authorizationCode)
        if usesCode && redirectURIs.isEmpty
            && !reader.errors.contains(where: { $0.path.hasPrefix("redirect_uris") })
        {
            reader.fail("redirect_uris", "at least one is needed", .invalidRedirectURI)
        }
        if usesCode != responseTypes.contains(.code) {
            reader.fail("response_types", "code goes with the authorization_code grant")
        }
        if grantTypes.contains(.refreshToken) && !usesCode {
            reader.fail("grant_types", "refresh_token needs authorization_code")
        }
        if grantTypes.contains(.clientCredentials) && authenticationMethod == .none {
            reader.fail("grant_types", "client_credentials needs an authenticated client")
        }
        if let logout = frontChannelLogoutURI.flatMap({ try? URIReference($0) }),
            !redirectURIs.contains(where: { $0.uri.origin == logout.origin })
        {
            reader.fail("frontchannel_logout_uri", "must have the origin of a redirect URI")
        }
    }

    private func redirectRules(development: Bool) -> RedirectURI.Rules {
        switch applicationType {
        case .native:
            development ? .development : .native
        case .web:
            RedirectURI.Rules(
                loopbackHTTP: development, privateUseSchemes: false, localhost: development)
        }
    }

    /// RFC 5646's letters, digits and hyphens, without asking the registry.
    private func isLanguageTag(_ text: String) -> Bool {
        (2...35).contains(text.utf8.count)
            && text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
                .allSatisfy { part in
                    (1...8).contains(part.count)
                        && part.allSatisfy { byte in
                            switch byte {
                            case UInt8(ascii: "A")...UInt8(ascii: "Z"),
                                UInt8(ascii: "a")...UInt8(ascii: "z"),
                                UInt8(ascii: "0")...UInt8(ascii: "9"):
                                true
                            default: false
                            }
                        }
                }
    }
}
