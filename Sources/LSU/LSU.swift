import Federation
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
        lsu registration --teleservice CLIENT_ID [--config FILE]
            Prints what the provider's operator registers for a teleservice, its public key in it;
            makes the key where there is none.

        """
    /// As `educonnect` has them.
    private static let failure: Int32 = 1
    private static let wrongUsage: Int32 = 2

    static func main() async {
        LoggingSystem.bootstrap { JSONLog(label: $0) }
        var words = Array(CommandLine.arguments.dropFirst())
        let file = option("--config", in: &words) ?? "config/lsu/lsu.json"
        let teleservice = option("--teleservice", in: &words)
        do {
            switch (words, teleservice) {
            case ([], nil), (["serve"], nil):
                try await serve(read(file))
            case (["registration"], let clientID?):
                try register(clientID, read(file))
            // The option's name may be left out.
            case let (words, nil) where words.count == 2 && words[0] == "registration":
                try register(words[1], read(file))
            default:
                JSONLog.standardError(Array(usage.utf8))
                exit(wrongUsage)
            }
        } catch {
            JSONLog.standardError(Array("lsu: \(error)\n".utf8))
            exit(failure)
        }
    }

    /// Takes an option and its value out of the words; nil where it is not there.
    private static func option(_ name: String, in words: inout [String]) -> String? {
        guard let index = words.firstIndex(of: name), words.indices.contains(index + 1) else {
            return nil
        }
        let value = words[index + 1]
        words.removeSubrange(index...(index + 1))
        return value
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
