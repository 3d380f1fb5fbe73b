import ArgumentParser

/// The load generator of `make bench`: see README.md beside it.
@main
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a provider and checks every answer.",
        subcommands: [Run.self, Deliveries.self, Accounts.self])
}
