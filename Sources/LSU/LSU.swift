import FoundationEssentials
import Glibc
import Hummingbird
import Logging
import Outgoing
import Serving
import ServiceLifecycle
import Tokens
import UnixSignals

/// The program `lsu`: the first teleservice, and a second one beside it. Relying parties of
/// EduConnect that know nothing of it but its issuer.
@main
struct LSU {
    private static let usage = """
        lsu [serve] [--config FILE]
            Serves the teleservices of the configuration (config/lsu/lsu.json).
        lsu registration CLIENT_ID [--config FILE]
            Prints what the provider's operator registers for a teleservice, its public key in it.

        """

    static func main() async {
        LoggingSystem.bootstrap { JSONLog(label: $0) }
        var arguments = Array(CommandLine.arguments.dropFirst())
        var file = "config/lsu/lsu.json"
        if let index = arguments.firstIndex(of: "--config"), arguments.indices.contains(index + 1) {
            file = arguments[index + 1]
            arguments.removeSubrange(index...(index + 1))
        }
        do {
            switch arguments.first {
            case nil, "serve":
                try await serve(read(file))
            case "registration" where arguments.count == 2:
                try register(arguments[1], read(file))
            default:
                JSONLog.standardError(Array(usage.utf8))
                exit(64)
            }
        } catch {
            JSONLog.standardError(Array("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func read(_ file: String) throws -> LSUConfiguration {
        try LSUConfiguration.read(file: file, environment: ProcessInfo.processInfo.environment)
    }

    private static func serve(_ configuration: LSUConfiguration) async throws {
        let log = Logger(label: "lsu")
        let environment = ServerEnvironment.live(log)
        var fetch = HTTPFetch.Options()
        fetch.extraCAFile = configuration.extraCAFile
        let http = try HTTPFetch(fetch)
        var listeners: [any Service] = []
        for service in configuration.services {
            let teleservice = try Teleservice(
                service, issuer: configuration.issuer, http: http, environment: environment)
            listeners.append(
                Listener(
                    options: ListenerOptions(
                        host: service.host, port: service.port,
                        trustedProxies: configuration.trustedProxies),
                    environment: environment,
                    securityHeaders: SecurityHeaders(https: service.isSecure),
                    responder: teleservice.router().buildResponder()
                ) { port in
                    log.info(
                        "listening",
                        metadata: ["teleservice": "\(service.kind.rawValue)", "port": "\(port)"])
                })
        }
        let group = ServiceGroup(
            services: listeners, gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
        try await group.run()
    }

    private static func register(_ clientID: String, _ configuration: LSUConfiguration) throws {
        guard let service = configuration.services.first(where: { $0.clientID == clientID }) else {
            throw ConfigurationErrors(["no teleservice has the client id \(clientID)"])
        }
        var registration = Registration(service: service)
        if case .privateKeyJWT(let file) = service.authentication {
            registration.keys = try ClientKey(file: file).publicKeys
        }
        JSONLog.standardOutput(registration.json.serialized() + [UInt8(ascii: "\n")])
    }
}
