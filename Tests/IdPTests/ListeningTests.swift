import FoundationEssentials
import Logging
import LoopbackSupport
import Serving
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("A program that can't listen")
struct ListeningTests {
    @Test(
        "names the setting of the port that is taken",
        arguments: ["listen.port", "development.outboxPort"])
    func taken(_ setting: String) async throws {
        let folder = try TemporaryFolder("listening")
        defer { folder.remove() }
        let neighbour = try LoopbackServer { _ in .silence }
        let (own, page) = setting == "listen.port" ? (neighbour.port, 0) : (0, neighbour.port)
        let file = folder.path + "/educonnect.json"
        try """
        {"issuer": "http://localhost:8080", "listen": {"port": \(own)},
         "development": {"outboxPort": \(page)}, "data": "data", "keys": {"folder": "keys"},
         "store": {"migrateAtStart": true}}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(file: file, environment: [:])
        let store = try configuration.openStore()
        try await configuration.prepare(store)
        let application = try Application.open(
            configuration, environment: .live(Logger(label: "test")), store: store)
        await #expect {
            try await application.run(control: nil) { _ in }
        } throws: { error in
            let said = (error as? CommandFailure)?.description ?? ""
            return said.hasPrefix("can't listen on 127.0.0.1:\(neighbour.port) (\(setting)): ")
        }
    }
}
