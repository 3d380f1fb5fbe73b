import Federation
import FoundationEssentials
import Outgoing
import Tokens

/// A provider that signs parents in for us, ready to be asked.
struct Upstream: Sendable {
    let id: String
    let displayName: String
    /// `iss` of its identities.
    let issuer: String
    /// Bounded: see `BoundedProvider`. What its callers must check stands at `UpstreamProvider`.
    let provider: any UpstreamProvider
    let acrValues: [String]
    let isFranceConnect: Bool
    /// Where « Qu'est-ce que FranceConnect ? » leads.
    let moreInformation: String?
    /// To be checked again when the browser comes back (security.md 2.29).
    let isEnabled: Bool
    /// What is published of our key, where we sign in with one.
    let publicKeys: JWKSet?

    var callbackPath: String { Self.callbackPath(id) }
    var signedOutPath: String { Self.signedOutPath(id) }

    /// One callback address an issuer (security.md 2.30).
    static func callbackPath(_ id: String) -> String { "/\(id)/retour" }
    static func signedOutPath(_ id: String) -> String { "/\(id)/deconnexion" }

    init(
        id: String, displayName: String, issuer: String, provider: any UpstreamProvider,
        acrValues: [String], isFranceConnect: Bool, moreInformation: String? = nil,
        isEnabled: Bool = true
    ) {
        self.id = id
        self.displayName = displayName
        self.issuer = issuer
        self.provider = provider
        self.acrValues = acrValues
        self.isFranceConnect = isFranceConnect
        self.moreInformation = moreInformation
        self.isEnabled = isEnabled
        publicKeys = nil
    }

    /// - Parameters:
    ///   - origin: our issuer, without a slash at its end.
    ///   - http: carries its calls.
    init(
        _ configuration: UpstreamConfiguration, origin: String, http: any OutgoingHTTP
    ) throws {
        id = configuration.id
        displayName = configuration.displayName
        issuer = configuration.issuer
        acrValues = configuration.acrValues
        isFranceConnect = configuration.kind == .franceconnect
        moreInformation = configuration.moreInformation
        isEnabled = configuration.isEnabled
        let authentication: FranceConnect.Authentication
        switch configuration.authentication {
        case .secret(let secret):
            authentication = .secretPost(secret)
            publicKeys = nil
        case .privateKey(let file):
            let key = try ClientKey(file: file)
            authentication = .privateKeyJWT(key.signer)
            publicKeys = key.publicKeys
        }
        let unbounded: any UpstreamProvider =
            switch configuration.kind {
            case .franceconnect:
                Self.franceConnect(configuration, authentication, origin: origin, http: http)
            case .standard:
                Self.standard(configuration, authentication, origin: origin, http: http)
            }
        provider = BoundedProvider(unbounded)
    }

    private static func franceConnect(
        _ configuration: UpstreamConfiguration, _ authentication: FranceConnect.Authentication,
        origin: String, http: any OutgoingHTTP
    ) -> FranceConnect {
        var settings = FranceConnect.Configuration(
            issuer: configuration.issuer, clientID: configuration.clientID,
            authentication: authentication, redirectURI: origin + callbackPath(configuration.id),
            postLogoutRedirectURI: origin + signedOutPath(configuration.id))
        settings.scope = configuration.scope
        settings.acrValues = configuration.acrValues
        settings.signInLifetime = configuration.signInLifetime
        return FranceConnect(settings, http: http)
    }

    private static func standard(
        _ configuration: UpstreamConfiguration, _ authentication: FranceConnect.Authentication,
        origin: String, http: any OutgoingHTTP
    ) -> RelyingParty {
        var settings = RelyingParty.Configuration(
            issuer: configuration.issuer, clientID: configuration.clientID,
            authentication: authentication.standard,
            redirectURI: origin + callbackPath(configuration.id), scope: configuration.scope,
            postLogoutRedirectURI: origin + signedOutPath(configuration.id))
        settings.signInLifetime = configuration.signInLifetime
        return RelyingParty(settings, http: http)
    }
}

extension Configuration {
    /// All upstreams. Makes the keys that are missing; throws where a file of keys or authorities
    /// can't be used.
    func makeUpstreams() throws -> [Upstream] {
        // One for all that trust the same authorities.
        var shared: [String: HTTPFetch] = [:]
        return try upstreams.map { upstream in
            let authorities = upstream.extraCAFile ?? ""
            let http = try shared[authorities] ?? HTTPFetch(Self.outgoing(upstream.extraCAFile))
            shared[authorities] = http
            return try Upstream(upstream, origin: issuer.text, http: http)
        }
    }

    /// What one call to an upstream may cost at most (reliability 5.13).
    private static func outgoing(_ extraCAFile: String?) -> HTTPFetch.Options {
        var options = HTTPFetch.Options()
        options.connectTimeout = .seconds(2)
        options.totalTimeout = .seconds(3)
        options.extraCAFile = extraCAFile
        return options
    }
}
