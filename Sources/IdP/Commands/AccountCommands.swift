import ArgumentParser
import Flow
import FoundationEssentials
import Store
import Tokens

/// `educonnect account …`
struct AccountCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Acts on the accounts of guardians.",
        subcommands: [MustChange.self, Separate.self])

    func run() async throws {
        throw ValidationError("Say what to do: must-change, separate.")
    }

    struct Separate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "separate",
            abstract: "Undoes the regroupement that closed an account, within its 30 days.",
            discussion: """
                Children, identities and own password return to the account; both accounts lose their \
                sessions, and both addresses are told. Needs the running server.
                """)

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The identifier of the account that was closed.")
        var identifier: String

        func run() async throws {
            _ = try await CommandDoor(try options.load()).run(.separate(identifier: identifier))
            print("\(identifier) is an account of its own again.")
        }
    }

    struct MustChange: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "must-change",
            abstract:
                "Has old passwords changed: each owner is asked for a new one at the next sign-in.",
            discussion: """
                Left out are accounts that were never activated, that only FranceConnect opens, whose \
                password the school has reset, or that were asked already. No session ends. A run can \
                be repeated.
                """)

        @OptionGroup var options: ConfigurationOption

        @Option(
            help: "A day such as 2026-11-21: passwords chosen before it began in France count.")
        var before: String

        @Flag(help: "Only says how many accounts it would be.")
        var plan = false

        func run() async throws {
            guard let moment = Self.moment(before) else {
                throw ValidationError("--before must be a day such as 2026-11-21")
            }
            let door = CommandDoor(try options.load())
            var count: Int64 = 0
            var last: Account.ID?
            repeat {
                let answer = try await door.run(
                    .mustChange(before: moment, after: last, plan: plan))
                count += answer.member("accounts")?.integer ?? 0
                last = answer.member("last")?.string.flatMap(Account.ID.init(text:))
            } while last != nil
            print(
                plan
                    ? "\(count) accounts would be asked for a new password."
                    : "\(count) accounts will be asked for a new password.")
        }

        /// The beginning of a day in French time.
        static func moment(_ text: String) -> Date? {
            guard text.utf8.count == 10,
                let day = try? Date(text, strategy: .iso8601.year().month().day())
            else { return nil }
            return ParisTime.startOfDay(day)
        }
    }
}
