import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Serving
import Store
import Tokens

/// `educonnect`: the server and what its operator does around it. Errors go to standard error in
/// plain sentences; 2 is wrong usage, 1 a failure.
@main
struct EduConnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "educonnect",
        abstract: "The single sign-on desk of the guardians of pupils.",
        version: Application.version,
        subcommands: [
            Serve.self, Migrate.self, ClientCommands.self, KeyCommands.self, AccountCommands.self,
            DemoData.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            switch exitCode(for: error) {
            case .success:  // help was asked for
                print(fullMessage(for: error))
                Glibc.exit(0)
            case .validationFailure: end(fullMessage(for: error), status: 2)
            case let status: end(sentence(of: error), status: status.rawValue)
            }
        }
    }

    /// What an operator is told of an error, by the command itself or through the server.
    static func sentence(of error: any Error) -> String {
        switch error {
        case let error as StoreError: error.detail
        case let error as KeyRingError: KeyFailure.sentence(error)
        default: message(for: error)
        }
    }

    private static func end(_ message: String, status: Int32) -> Never {
        let text = message.hasPrefix("Error: ") ? message : "educonnect: " + message
        JSONLog.standardError(Array((text + "\n").utf8))
        Glibc.exit(status)
    }

    func run() async throws {
        throw ValidationError("Say which command: see educonnect --help.")
    }
}

/// The option that every command takes.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = "config/educonnect.json"

    func load() throws -> Configuration {
        try Configuration.load(file: config, environment: ProcessInfo.processInfo.environment)
    }
}
