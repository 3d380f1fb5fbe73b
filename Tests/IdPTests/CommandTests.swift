import Flow
import FoundationEssentials
import Logging
import Serving
import ServiceLifecycle
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A command of the operator")
struct CommandTests {
    private static let start = Date(timeIntervalSince1970: 1_768_471_200)

    /// A configuration in a folder of its own, which is also its data folder.
    private func withConfiguration(
        _ body: (Configuration) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("command")
        defer { folder.remove() }
        let file = folder.path + "/educonnect.json"
        try #"{"issuer": "http://localhost:8080", "data": ".", "keys": {"folder": "."}}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        try await body(try Configuration.load(file: file, environment: [:]))
    }

    @Test("that rotates all keys leaves out those under way, and fails only if nothing was done")
    func rotation() async throws {
        try await withConfiguration { configuration in
            // Nobody but the configuration's reader would take its file for a key.
            try FileManager.default.removeItem(
                atPath: configuration.keys.folder + "/educonnect.json")
            try KeyRing.makeFirst(
                folder: configuration.keys.folder, algorithms: Algorithm.allCases, at: Self.start)
            func rotate(_ algorithms: [Algorithm]) -> KeyRotation {
                KeyRotation(algorithms, configuration, at: Self.start)
            }
            #expect(rotate([.es256]).made.map(\.algorithm) == [.es256])
            let others = rotate(Algorithm.allCases)
            #expect(Set(others.made.map(\.algorithm)) == [.rs256, .ps256, .edDSA])
            #expect(others.left.count == 1 && others.left[0].hasPrefix("ES256: "))
            #expect(!others.hasFailed)
            let again = rotate(Algorithm.allCases)
            #expect(again.made.isEmpty && again.left.count == 4 && again.hasFailed)
            #expect(rotate([.es256]).hasFailed)
        }
    }

    @Test("fails when the keys can't be read, whatever else it has done")
    func brokenKeys() async throws {
        try await withConfiguration { configuration in
            // The configuration's file is no key.
            let rotation = KeyRotation([.es256], configuration, at: Self.start)
            #expect(rotation.hasFailed && rotation.left[0].contains("educonnect.json"))
        }
    }

    @Test("says of a store that fails the same with a server as without one")
    func storeFailure() async throws {
        try await withConfiguration { configuration in
            let store = try IdentityStore(
                sqlite: SQLiteOptions(path: configuration.dataFolder + "/other.sqlite"))
            await store.close()
            let environment = ServerEnvironment(
                now: { Self.start }, random: { [UInt8](repeating: 0, count: $0) },
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let registrar = Registrar(
                store: store, environment: environment, development: true, desk: nil)
            var direct: (any Error)?
            do { _ = try await registrar.run(.listClients) } catch { direct = error }
            let sentence = EduConnect.sentence(of: try #require(direct))
            #expect(sentence == "the store is closed")

            let socket = try ControlSocket(
                path: configuration.controlSocketPath, registrar: registrar, log: environment.log)
            let group = ServiceGroup(
                configuration: .init(services: [socket], logger: environment.log))
            let pool = try WorkerPool(threads: 1, waiting: 0)
            defer { pool.close() }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do {
                    // As another process would ask: on a thread that may block.
                    _ = try await pool.run {
                        try CommandDoor(configuration, environment).ask(.listClients)
                    }
                    Issue.record("a closed store answered")
                } catch {
                    #expect(EduConnect.sentence(of: error) == sentence)
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test("registers a teleservice that no code knows of: it is on the portal at once (J-G-07)")
    func registered() async throws {
        try await SignInWorld.run { world in
            let test = world.test
            let registrar = Registrar(
                store: test.store, environment: test.desk.environment, development: false,
                desk: test.desk)
            let document: JSON = [
                "client_id": "bourse", "client_name": "Bourse de collège",
                "redirect_uris": [.string(TestDesk.redirectURI)],
                "initiate_login_uri": "https://bourse.example.org/initier",
                "educonnect": ["tile": ["icon": "letter"]],
            ]
            let browser = try await world.at(.portal)
            #expect(!browser.shows("Bourse de collège"))
            _ = try await registrar.run(.addClient(document))
            try await browser.open("/portail")
            #expect(browser.shows("href=\"https://bourse.example.org/initier?iss="))
            #expect(browser.shows("Bourse de collège"))
            try await browser.open(try world.request(client: "bourse"))
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("tells an operator nothing of who has opened a teleservice (J-L-15)")
    func visits() async throws {
        try await SignInWorld.run { world in
            let (test, account) = (world.test, world.parent.account)
            #expect(try await world.redeem(try await world.signedIn()).code == 200)
            let registrar = Registrar(
                store: test.store, environment: test.desk.environment, development: true,
                desk: test.desk)
            for command in [
                .listClients, .showClient(id: "lsu"),
                .mustChange(before: test.clock.now, after: nil, plan: true),
            ] as [RegistryCommand] {
                let told = String(
                    decoding: try await registrar.run(command).serialized(), as: UTF8.self)
                for name in [account.identifier, "DURANT", account.id.text] {
                    #expect(!told.contains(name), "\(told)")
                }
            }
        }
    }

    @Test("names a client that it does not know in its own words")
    func ownFailure() {
        #expect(
            EduConnect.sentence(of: CommandFailure("no client is called x"))
                == "no client is called x")
        #expect(EduConnect.sentence(of: PlainThread.NotStarted()).hasPrefix("no thread"))
    }
}
