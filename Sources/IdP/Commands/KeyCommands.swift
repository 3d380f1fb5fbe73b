import ArgumentParser
import Flow
import FoundationEssentials
import Serving
import Tokens

/// `educonnect keys …`: works on the folder of keys, which a running server reads again by itself. A
/// change is noted in the store's audit.
struct KeyCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Lists, rotates and forgets the signing keys.",
        subcommands: [List.self, Rotate.self, Forget.self])

    func run() async throws {
        throw ValidationError("Say what to do: list, rotate or forget.")
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the keys and their states.")

        @OptionGroup var options: ConfigurationOption

        func run() async throws {
            let configuration = try options.load()
            let now = configuration.environment().now()
            let ring = try KeyRing.load(folder: configuration.keys.folder)
            for entry in ring.entries {
                let state = ring.state(of: entry.keyID, at: now)?.rawValue ?? "unknown"
                print("\(entry.keyID) \(entry.algorithm.rawValue) \(state)")
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publishes new keys, which sign once every client may have fetched them.")

        @OptionGroup var options: ConfigurationOption

        @Option(help: "RS256, PS256, ES256 or EdDSA; all of them unless told.")
        var algorithm: String?

        func run() async throws {
            let configuration = try options.load()
            let environment = configuration.environment()
            let now = environment.now()
            var algorithms = Algorithm.allCases
            if let algorithm {
                guard let one = Algorithm(rawValue: algorithm) else {
                    throw ValidationError(
                        "The algorithm \(algorithm) is not one of RS256, PS256, ES256, EdDSA.")
                }
                algorithms = [one]
            }
            let rotation = KeyRotation(algorithms, configuration, at: now)
            let start = now + configuration.keys.lead
            for (key, algorithm) in rotation.made {
                print("\(key) \(algorithm.rawValue) signs from \(start.formatted(.iso8601))")
                _ = try await CommandDoor(configuration, environment).run(.noteRotation(key: key))
            }
            if rotation.hasFailed {
                throw CommandFailure(rotation.left.joined(separator: "\neduconnect: "))
            }
            for sentence in rotation.left {
                JSONLog.standardError(Array("educonnect: \(sentence)\n".utf8))
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drops a stolen key at once, with all that it has signed.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The key's id, as `keys list` shows it.")
        var id: String

        func run() async throws {
            let configuration = try options.load()
            let environment = configuration.environment()
            let now = environment.now()
            let folder = configuration.keys.folder
            let algorithm = try KeyRing.forget(folder: folder, keyID: id, at: now)
            print("\(id) \(algorithm.rawValue) is forgotten")
            try KeyRing.makeFirst(folder: folder, algorithms: [algorithm], at: now)
            let successor = try KeyRing.load(folder: folder).current(for: algorithm, at: now)
            if let successor { print("\(successor.keyID) \(algorithm.rawValue) signs") }
            _ = try await CommandDoor(configuration, environment).run(.noteForgetting(key: id))
        }
    }
}

/// A new key for each of some algorithms: what one of them lacks keeps no other from its own.
struct KeyRotation {
    private(set) var made: [(key: String, algorithm: Algorithm)] = []
    /// A sentence for each algorithm without a new key.
    private(set) var left: [String] = []
    /// Nothing was done, or something failed. A key that waits for its turn already is as good as
    /// a new one beside another that was made.
    private(set) var hasFailed = false

    init(_ algorithms: [Algorithm], _ configuration: Configuration, at now: Date) {
        for algorithm in algorithms {
            do throws(KeyRingError) {
                let key = try KeyRing.rotate(
                    folder: configuration.keys.folder, algorithm: algorithm, at: now,
                    lead: configuration.keys.lead,
                    tokenLife: configuration.policy.lifetimes.longestToken,
                    sessionLife: configuration.policy.session.absolute)
                made.append((key, algorithm))
            } catch {
                left.append("\(algorithm.rawValue): \(KeyFailure.sentence(error))")
                if case .rotationUnderway = error { continue }
                hasFailed = true
            }
        }
        if made.isEmpty { hasFailed = true }
    }
}

/// What is wrong with the folder of keys, and what to do.
enum KeyFailure {
    static func sentence(_ error: KeyRingError) -> String {
        switch error {
        case .unreadable(let file): "the key \(file) can't be read: check its owner"
        case .permissions(let file):
            "the key \(file) can be read by others: set its mode to 0600, and rotate the keys if it leaked"
        case .malformed(let file, let detail):
            "the key \(file) is damaged (\(detail)): restore or remove it"
        case .sampleKey(let file): "the key \(file) is a published sample, not a secret: remove it"
        case .unwritable(let file):
            "the key \(file) can't be written: check the folder's owner and mode"
        case .tooManyKeys(let folder):
            "the folder \(folder) holds too many keys: rotate again when the oldest are forgotten"
        case .rotationUnderway(let key): "the key \(key) is published already and will sign in time"
        case .unknownKey(let key): "there is no key \(key)"
        case .keyGeneration: "no key could be made: OpenSSL refused"
        }
    }
}
