import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The demonstration families")
struct DemonstrationTests {
    private func registrar(_ test: TestDesk, development: Bool = true) -> Registrar {
        Registrar(
            store: test.store, environment: test.desk.environment, development: development)
    }

    @Test("are refused where the issuer is a real one, unless it is said twice")
    func production() async throws {
        try await TestDesk.run(.sqlite) { test in
            let registrar = registrar(test, development: false)
            let failure = await #expect(throws: CommandFailure.self) {
                try await registrar.run(.loadDemonstration(anyway: false))
            }
            #expect(failure?.description.contains("--anyway") == true)
            #expect(try await test.store.read { try $0.accountCount() } == 0)
            _ = try await registrar.run(.loadDemonstration(anyway: true))
            #expect(try await test.store.read { try $0.accountCount() } == 11)
        }
    }

    @Test("are asked for over the control socket as they were asked for", arguments: [true, false])
    func line(_ anyway: Bool) {
        let sent = RegistryCommand.loadDemonstration(anyway: anyway)
        #expect(RegistryCommand(sent.json)?.json == sent.json)
        #expect(sent.json.member("anyway") == .bool(anyway))
    }

    @Test(
        "are loaded twice without change, and give no child to anybody else's account",
        arguments: Backend.available)
    func strangers(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            let now = test.clock.now
            let stranger = Account(
                id: test.desk.makeID(at: now), identifier: "patrick.dupont1", state: .active,
                createdAt: now, updatedAt: now)
            try await test.store.write { _ = try $0.insert(stranger) }
            for _ in 0..<2 {
                _ = try await registrar(test).run(.loadDemonstration(anyway: false))
            }
            try await test.store.read { reader in
                #expect(try reader.accountCount() == 11)
                #expect(try reader.guardians(of: stranger.id).isEmpty)
                #expect(try reader.children(of: stranger.id, at: now).isEmpty)
                let ours = try #require(try reader.account(identifier: "c.rolland1"))
                #expect(try reader.guardians(of: ours.id).count == 1)
                #expect(try reader.children(of: ours.id, at: now).count == 2)
            }
        }
    }
}
