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
            Serve.self, Migrate.self, ClientCommands.self, KeyCommands.self, DemoData.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            end(failure.description, status: 1)
        } catch let invalid as Configuration.Invalid {
            end(invalid.description, status: 1)
        } catch let error as StoreError {
            end(error.detail, status: 1)
        } catch let error as KeyRingError {
            end(KeyFailure.sentence(error), status: 1)
        } catch {
            let isHelp = exitCode(for: error) == .success
            if isHelp {
                print(fullMessage(for: error))
                Glibc.exit(0)
            }
            let isUsage = exitCode(for: error) == .validationFailure
            end(isUsage ? fullMessage(for: error) : message(for: error), status: isUsage ? 2 : 1)
        }
    }

    private static func end(_ message: String, status: Int32) -> Never {
        let text = message.hasPrefix("Error: ") ? message : "educonnect: " + message
        FileHandle.standardError(text + "\n")
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

/// Whole lines to a standard stream.
enum FileHandle {
    static func standardError(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
