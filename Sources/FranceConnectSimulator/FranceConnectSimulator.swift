import FoundationEssentials
import Glibc
import Hummingbird
import Logging
import Serving
import ServiceLifecycle
import Synchronization
import Tokens
import UnixSignals

/// The program `franceconnect-simulator`: an upstream provider as strict as FranceConnect v2, with
/// made-up people, for the demonstration and for tests. It needs no network.
///
/// - Everything lies below its issuer (`http://localhost:8082/api/v2`): discovery, `/jwks`,
///   `/authorize`, `/token`, `/userinfo`, `/session/end`.
/// - `config/franceconnect-simulator/simulator.json` names its clients. Signing keys, the client's
///   secret (`clientSecretFile`, which EduConnect reads too) and the secret behind `sub` are made at
///   the first start. Sign-ins, sessions and tokens live in memory and end with the program.
/// - People sign in by a number and the password `123`; the page that asks for them lists both.
///   `identities.json` holds them: FranceConnect's published test identities, and parents of the
///   demonstration.
/// - Started with `--misbehave`, on a loopback address only, it does what `POST
///   /simulateur/conduite` asks for: wrong tokens, errors, silence. `--help` lists all of it.
@main
struct FranceConnectSimulator {
    private static let usage = """
        franceconnect-simulator [serve] [--config FILE] [--misbehave]
            Serves a FranceConnect v2 for demonstration and tests
            (config/franceconnect-simulator/simulator.json).
            --misbehave  takes orders at POST /simulateur/conduite, from this machine alone.

        An order is a JSON document, which stands until the next one: {} is good conduct.
            curl -H 'Content-Type: application/json' -d '{"userinfo": "unsigned"}' \\
                http://localhost:8082/simulateur/conduite
        Its members, and the values that each takes:

        """
    private static let amended = "  amended: a list of logins, whose family name has been changed\n"
    /// As `educonnect` has them.
    private static let failure: Int32 = 1
    private static let wrongUsage: Int32 = 2

    static func main() async {
        LoggingSystem.bootstrap { JSONLog(label: $0) }
        var words = Array(CommandLine.arguments.dropFirst())
        if words.contains("--help") {
            return JSONLog.standardOutput(Array(help.utf8))
        }
        let misbehaves = words.contains("--misbehave")
        words.removeAll { $0 == "--misbehave" }
        var file = "config/franceconnect-simulator/simulator.json"
        if let index = words.firstIndex(of: "--config"), words.indices.contains(index + 1) {
            file = words[index + 1]
            words.removeSubrange(index...(index + 1))
        }
        guard words.isEmpty || words == ["serve"] else {
            JSONLog.standardError(Array(help.utf8))
            exit(wrongUsage)
        }
        do {
            try await serve(.read(file: file, misbehaves: misbehaves))
        } catch {
            JSONLog.standardError(Array("franceconnect-simulator: \(error)\n".utf8))
            exit(failure)
        }
    }

    private static var help: String { usage + Misbehaviour.help + amended }

    private static func serve(_ configuration: SimulatorConfiguration) async throws {
        let log = Logger(label: "franceconnect-simulator")
        let environment = ServerEnvironment.live(log)
        let simulator = try Simulator(configuration, environment: environment)
        let say: @Sendable (Int) -> Void = { port in
            log.info("listening", metadata: ["port": "\(port)"])
        }
        var services: [any Service] = []
        if configuration.misbehaves {
            // The listener takes any free port, and the line before it the configured one.
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            services.append(listener(simulator, port: 0) { port.yield($0) })
            services.append(
                SlowLine(
                    host: configuration.host, port: configuration.port,
                    behind: { await ports.first { _ in true } }, onBound: say))
        } else {
            services.append(listener(simulator, port: configuration.port, onBound: say))
        }
        try await ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log
        ).run()
    }

    private static func listener(
        _ simulator: Simulator, port: Int, onBound: @escaping @Sendable (Int) -> Void
    ) -> Listener {
        Listener(
            options: ListenerOptions(
                host: port == 0 ? "127.0.0.1" : simulator.configuration.host, port: port),
            environment: simulator.environment,
            securityHeaders: SecurityHeaders(https: simulator.configuration.isSecure),
            responder: simulator.router().buildResponder(), onBound: { onBound($0) })
    }
}
