import ArgumentParser
import FoundationEssentials
import Tokens

/// `educonnect client …`
struct ClientCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Registers, shows and removes teleservices.",
        subcommands: [Add.self, List.self, Show.self, Remove.self])

    func run() async throws {
        throw ValidationError("Say what to do: add, list, show or remove.")
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers a teleservice and prints the registration, its secret this once.")

        @OptionGroup var options: ConfigurationOption

        @Option(
            help: "A JSON file with RFC 7591 members, and the operator's rules under educonnect.")
        var metadata: String

        func run() async throws {
            let configuration = try options.load()
            guard let data = try? Data(contentsOf: URL(filePath: metadata)) else {
                throw CommandFailure("the file \(metadata) can't be read")
            }
            let document: JSON
            do {
                document = try JSON(parsing: Array(data))
                _ = try document.members()
            } catch {
                throw CommandFailure("the file \(metadata) is not a JSON object: \(error.detail)")
            }
            Output.print(try await CommandDoor(configuration).run(.addClient(document)))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the registered teleservices.")

        @OptionGroup var options: ConfigurationOption

        func run() async throws {
            guard
                case .array(let clients) = try await CommandDoor(try options.load()).run(
                    .listClients)
            else { return }
            for client in clients { Output.print(client) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one registration.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The client_id.")
        var id: String

        func run() async throws {
            Output.print(try await CommandDoor(try options.load()).run(.showClient(id: id)))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a teleservice and ends all that was issued to it.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The client_id.")
        var id: String

        func run() async throws {
            Output.print(try await CommandDoor(try options.load()).run(.removeClient(id: id)))
        }
    }
}

/// What commands print on standard output.
enum Output {
    static func print(_ json: JSON) {
        Swift.print(String(decoding: json.serialized(), as: UTF8.self))
    }
}
