extension ClientMetadata {
    /// Members that would promise encryption: refused rather than left out, or the client would get
    /// its tokens in clear without knowing.
    private static let refusedMembers = [
        "id_token_encrypted_response_alg", "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc",
        "request_object_encryption_alg", "request_object_encryption_enc",
    ]
    /// Ten years: beyond it `max_age` says nothing.
    private static let maxAgeMax: Int64 = 10 * 365 * 86_400

    /// Reads a registration; every error is listed. Unknown members are left out (RFC 7591 §2).
    /// `development` also allows http on loopback hosts.
    public init(_ json: JSON, development: Bool = false) throws(ClientMetadataErrors) {
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
        for name in ClientMetadata.refusedMembers where reader.has(name) {
            reader.fail(name, "encryption is not supported")
        }
        readFlow(&reader)
        readDescription(&reader)
        readKeys(&reader)
        readTokens(&reader)
        readLogout(&reader)
        checkTogether(&reader)
        guard reader.errors.isEmpty else { throw ClientMetadataErrors(errors: reader.errors) }
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
        }
        requirePushedAuthorizationRequests =
            reader.bool("require_pushed_authorization_requests") ?? false
        dpopBoundAccessTokens = reader.bool("dpop_bound_access_tokens") ?? false
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
        requestObjectAlgorithm = reader.value("request_object_signing_alg", Algorithm.self)
        subjectType = reader.value("subject_type", SubjectType.self) ?? .pairwise
        sectorIdentifierURI = reader.webURI("sector_identifier_uri")
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
        if authenticationMethod == .privateKeyJWT && !reader.has("jwks") && !reader.has("jwks_uri")
        {
            reader.fail("token_endpoint_auth_method", "private_key_jwt needs jwks or jwks_uri")
        }
        if authenticationMethod == .privateKeyJWT, let jwks, jwks.keys.isEmpty,
            !reader.errors.contains(where: { $0.path == "jwks" })
        {
            reader.fail("jwks", "private_key_jwt needs a key")
        }
        let hosts = Set(redirectURIs.compactMap(\.uri.hostText))
        if subjectType == .pairwise && sectorIdentifierURI == nil && hosts.count > 1 {
            reader.fail(
                "sector_identifier_uri", "needed when redirect_uris have several hosts (Core 8.1)")
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
