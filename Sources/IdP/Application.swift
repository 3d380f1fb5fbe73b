import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Logging
import Messages
import Outgoing
import Parents
import Serving
import ServiceLifecycle
import Store
import Tokens
import UnixSignals
import Web

/// Builds every part of the identity provider from its configuration: the only wiring.
struct Application: Sendable {
    let configuration: Configuration
    let desk: Desk
    private let information: InformationPages
    private let routes: ProviderRoutes
    private let courier: Courier
    /// Development: what the courier writes into instead of sending.
    private let outboxFolder: OutboxFolder?

    /// Opens the store and the keys. Throws what is wrong with either, in a sentence.
    static func open(
        _ configuration: Configuration, environment: ServerEnvironment, store: IdentityStore
    ) throws -> Application {
        let folder = configuration.keys.folder
        if configuration.keys.makesFirst {
            try configuration.makeFolder(folder)
            try KeyRing.makeFirst(
                folder: folder, algorithms: Algorithm.allCases, at: environment.now())
        }
        let desk = Desk(
            issuer: configuration.issuer.text, policy: configuration.policy,
            environment: environment,
            store: store, keys: try LiveKeys(folder: folder),
            cookies: CookieNames(secure: configuration.isSecure, application: "educonnect"),
            layout: Layout(product: Self.product(configuration)),
            passwordPool: try WorkerPool(
                threads: configuration.passwordThreads,
                waiting: configuration.passwordThreads * Self.waitingPerPasswordThread,
                niceness: Self.passwordNiceness),
            signaturePool: try WorkerPool(
                threads: Configuration.processors, waiting: Self.signaturesWaiting))
        var (transports, outboxFolder) = try configuration.messages.transports()
        transports.logout = BackChannelLogout(
            desk: desk,
            http: try HTTPFetch(BackChannelLogout.options(isOnLoopback: !configuration.isSecure)))
        let information = try InformationPages(
            desk: desk, support: configuration.support, textsFolder: configuration.textsFolder)
        return Application(
            configuration: configuration, desk: desk, information: information,
            routes: try ProviderRoutes(
                desk: desk, keyLead: configuration.keys.lead,
                upstreams: configuration.makeUpstreams(), information: information),
            courier: Courier(desk: desk, transports: transports), outboxFolder: outboxFolder)
    }

    /// At 60 ms a hash nobody waits longer than half a second; past that, 503 at once.
    private static let waitingPerPasswordThread = 8
    /// Password hashes give way to everything else.
    private static let passwordNiceness: Int32 = 10
    private static let signaturesWaiting = 512

    private static func product(_ configuration: Configuration) -> Layout.Product {
        Layout.Product(
            name: "EDUCONNECT", slogan: "Le portail des responsables d'élèves du 1er degré",
            home: "/",
            version: Self.version,
            footer: [
                Layout.Link("Contacts", PublicPage.contact),
                Layout.Link("Mentions légales", PublicPage.legal),
                Layout.Link("Aide", PublicPage.help),
            ],
            contact: PublicPage.contact,
            banner: configuration.banner)
    }

    static let version = "v0.1.0"

    /// Serves until SIGTERM or SIGINT, then drains.
    func run(control: ControlSocket?, onBound: @escaping @Sendable (Int) async -> Void) async throws
    {
        let listener = Listener(
            options: configuration.listen, environment: desk.environment,
            securityHeaders: SecurityHeaders(https: configuration.isSecure),
            responder: routes.responder(),
            onBound: onBound)
        var services: [any Service] = [
            desk.keys.reloading(log: desk.environment.log),
            information.reloading(log: desk.environment.log),
            Sweeper(
                store: desk.store, environment: desk.environment,
                auditRetention: desk.policy.lifetimes.auditEvent),
            courier,
        ]
        for kind in [OutboxKind.mail, .sms] where !courier.transports.kinds.contains(kind) {
            desk.environment.log.warning(
                "messages wait: no transport is configured",
                metadata: ["kind": "\(kind.rawValue)"])
        }
        if let control { services.append(control) }
        if let outboxPage { services.append(outboxPage) }
        // Last in, first out: the listener stops first, the rest once nobody asks any more.
        services.append(NamedListener(listener, configuration.listen, setting: "listen.port"))
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: desk.environment.log)
        ).run()
        await desk.store.close()
    }

    /// The page that shows the messages of a development machine; nil where they are sent.
    private var outboxPage: NamedListener? {
        guard let folder = outboxFolder, let settings = configuration.messages.outbox else {
            return nil
        }
        let log = desk.environment.log
        let options = ListenerOptions(port: settings.port, eventLoopThreads: 1)
        let listener = Listener(
            options: options, environment: desk.environment,
            securityHeaders: SecurityHeaders(https: false),
            responder: OutboxPages(folder: folder, version: Self.version).responder()
        ) { port in
            log.notice("messages are shown", metadata: ["url": "http://localhost:\(port)"])
        }
        return NamedListener(listener, options, setting: "development.outboxPort")
    }
}

/// A listener that says by which setting it can be put elsewhere.
private struct NamedListener: Service {
    let listener: Listener
    let options: ListenerOptions
    let setting: String

    init(_ listener: Listener, _ options: ListenerOptions, setting: String) {
        self.listener = listener
        self.options = options
        self.setting = setting
    }

    func run() async throws {
        do {
            try await listener.run()
        } catch {
            throw CommandFailure(
                "can't listen on \(options.host):\(options.port) (\(setting)): \(error)")
        }
    }
}
