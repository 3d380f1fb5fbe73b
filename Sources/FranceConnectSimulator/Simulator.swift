import FoundationEssentials
import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// One running FranceConnect: what its endpoints share.
struct Simulator: Sendable {
    let configuration: SimulatorConfiguration
    let environment: ServerEnvironment
    let identities: IdentityCatalogue
    let keys: SigningKeys
    /// Of the clients that prove themselves by one, by their `client_id`.
    let secrets: [String: Secret]
    let subjectSecret: Secret
    let conduct = Conduct()
    let interactions = ExpiringTable<Interaction>()
    let sessions = ExpiringTable<SignedIn>()
    let codes = ExpiringTable<AuthorizationCode>()
    let accessTokens = ExpiringTable<Grant>()
    let usedAssertions = ExpiringTable<Bool>()
    let cookies: CookieNames
    let layout: Layout

    /// Reads keys and secrets, and makes those that are missing.
    init(_ configuration: SimulatorConfiguration, environment: ServerEnvironment) throws {
        self.configuration = configuration
        self.environment = environment
        identities = try IdentityCatalogue(parsing: PackageResources.identities_json)
        keys = try SigningKeys(folder: configuration.data + "/keys", at: environment.now())
        subjectSecret = try SecretFile.read(
            configuration.data + "/subject-secret", random: environment.random)
        var secrets: [String: Secret] = [:]
        for client in configuration.clients {
            guard case .secretFile(let file) = client.authentication else { continue }
            secrets[client.clientID] = try SecretFile.read(file, random: environment.random)
        }
        self.secrets = secrets
        cookies = CookieNames(secure: configuration.isSecure, application: "franceconnect")
        layout = Layout(
            product: Layout.Product(
                name: "FranceConnect (simulateur)", slogan: "Pour essayer EduConnect, sans réseau",
                home: "/", version: "v2", footer: [],
                banner: "Simulation\u{A0}: ce site n'est pas FranceConnect. N'y saisissez aucun "
                    + "véritable identifiant."))
    }

    /// All addresses of the program.
    func router() -> Router<ServingContext> {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(layout: layout))
        router.add(middleware: ExactPaths())
        StaticFiles.addRoutes(to: router)
        PublishedRoutes(simulator: self).add(to: router)
        AuthorizeRoutes(simulator: self).add(to: router)
        InteractionRoutes(simulator: self).add(to: router)
        TokenEndpoint(simulator: self).add(to: router)
        UserInfoEndpoint(simulator: self).add(to: router)
        EndSessionEndpoint(simulator: self).add(to: router)
        router.get("/") { _, _ in PageResponse(HomePage(simulator: self).inside(layout)) }
        if configuration.misbehaves { ConductRoutes(simulator: self).add(to: router) }
        router.refuseOtherMethods()
        return router
    }

    /// The address of an endpoint below the issuer's path.
    func path(_ name: String) -> String { configuration.basePath + name }

    func client(_ id: String) -> ServiceProvider? {
        configuration.clients.first { $0.clientID == id }
    }

    func subject(_ identity: Identity, for client: ServiceProvider) -> String {
        conduct.present(identity).subject(entity: client.entity, secret: subjectSecret)
    }
}

/// Who has signed in at an identity provider: what FranceConnect's own session remembers.
struct SignedIn: Sendable {
    let identity: Identity
    let identityProvider: IdentityProvider
}

/// What an authorization code, and then an access token, stands for.
struct Grant: Sendable {
    let clientID: String
    let person: SignedIn
    let scope: Scope
    let nonce: String
    let acr: String
    let hasAMR: Bool
    /// When the person went on to the client.
    let authenticatedAt: Date
}

/// A code: good once. The second use ends what came of the first.
struct AuthorizationCode: Sendable {
    let grant: Grant
    let redirectURI: String
    /// Issued for it.
    var accessToken: String?
}
