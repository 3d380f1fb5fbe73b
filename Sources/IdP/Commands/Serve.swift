import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Serving
import Store
import Tokens
import Web

/// `educonnect serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server until it is asked to stop (SIGTERM).")

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        let configuration = try options.load()
        let environment = configuration.environment()
        let store = try configuration.openStore(serves: true)
        try await configuration.prepare(store)
        let application = try Application.open(
            configuration, environment: environment, store: store)
        let control = try ControlSocket(
            path: configuration.controlSocketPath,
            registrar: Registrar(
                store: store, environment: environment, development: !configuration.isSecure,
                desk: application.desk),
            log: environment.log)
        let issuer = configuration.issuer.text
        let log = environment.log
        try await application.run(control: control) { port in
            log.notice("listening", metadata: ["port": "\(port)", "issuer": "\(issuer)"])
        }
    }
}

/// `educonnect migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the store's tables up to date. Stop the server first.")

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Only says what would be done.")
    var plan = false

    func run() async throws {
        let store = try options.load().openStore()
        let steps = plan ? try await store.pendingMigrations() : try await store.migrate()
        for step in steps { print("\(step.number) \(step.name)") }
        if steps.isEmpty { print("The store is up to date.") }
        await store.close()
    }
}

/// `educonnect demo-data`
struct DemoData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-data",
        abstract: "Loads demonstration schools and families; what is there already stays.")

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Also where the issuer is not http:// on this machine.")
    var anyway = false

    func run() async throws {
        _ = try await CommandDoor(try options.load()).run(.loadDemonstration(anyway: anyway))
        print("The demonstration families are loaded; every password is \(Demonstration.password).")
    }
}

extension Configuration {
    func environment() -> ServerEnvironment {
        let level = Logger.Level(rawValue: log.rawValue) ?? .info
        LoggingSystem.bootstrap { JSONLog(label: $0, level: level) }
        return .live(Logger(label: "educonnect"))
    }

    var controlSocketPath: String { dataFolder + "/control.sock" }

    /// Opens the store. The SQLite file is this process's alone until it is closed.
    ///
    /// - Parameter serves: whether many will write, rather than one command.
    func openStore(serves: Bool = false) throws -> IdentityStore {
        try makeFolder(dataFolder)
        switch store {
        case .sqlite(let path):
            try makeFolder(
                URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false))
            var options = SQLiteOptions(path: path)
            if serves { options.reservedLogBytes = SQLiteOptions.busyLogBytes }
            return try IdentityStore(sqlite: options)
        case .postgreSQL(let connection):
            let text = String(decoding: connection.exposed, as: UTF8.self)
            return try IdentityStore(postgreSQL: PostgreSQLOptions(connection: text))
        }
    }

    /// Migrates where the configuration says so, and refuses an outdated store otherwise.
    func prepare(_ store: IdentityStore) async throws {
        if migratesAtStart {
            try await store.migrate()
        } else if let pending = try await store.pendingMigrations().first {
            throw CommandFailure(
                "the store lacks migration \(pending.number) (\(pending.name)): run `educonnect migrate`"
            )
        }
    }

    func makeFolder(_ path: String) throws {
        guard !path.isEmpty else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                "the folder \(path) can't be made: check its parent's owner and mode")
        }
    }
}
