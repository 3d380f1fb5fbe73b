import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The command that has old passwords changed (domain §3.6)")
struct MustChangeTests {
    @Test(
        "counts, then flags, in bounded steps, whom it concerns and nobody else",
        arguments: Backend.available)
    func run(_ backend: Backend) async throws {
        try await TestDesk.run(backend) { test in
            let (now, hash) = (test.clock.now, try test.hash("xK4mPq8Zw2"))
            func account(
                _ name: String, _ state: AccountState, _ hash: String?, changed: Int64?
            ) -> Account {
                Account(
                    id: test.desk.makeID(at: now), identifier: name, state: state,
                    passwordHash: hash, passwordChangedAt: changed.map { now - .seconds($0) },
                    provisionalPasswordHash: hash == nil ? "x" : nil, createdAt: now,
                    updatedAt: now)
            }
            let accounts =
                [
                    account("fresh", .active, hash, changed: 0),
                    account("upstream", .active, nil, changed: nil),
                    account("notified", .notifiedNotActivated, nil, changed: nil),
                    account("activating", .activating, hash, changed: 9_000_000),
                ] + (0..<1010).map { account("old\($0)", .active, hash, changed: 9_000_000) }
            try await test.store.write { writer in
                for account in accounts { _ = try writer.insert(account) }
            }
            let registrar = Registrar(
                store: test.store, environment: test.desk.environment, development: true)
            func command(_ plan: Bool) async throws -> Int64? {
                let before = now - .seconds(86_400)
                let command = RegistryCommand.mustChange(before: before, after: nil, plan: plan)
                // As over the control socket.
                let sent = try #require(RegistryCommand(command.json))
                let answer = try await registrar.run(sent)
                #expect(answer.member("last") == .null)
                return answer.member("accounts")?.integer
            }
            #expect(try await command(true) == 1010)
            #expect(try await command(false) == 1010)
            #expect(try await command(false) == 0, "a run can be repeated")
            for name in ["fresh", "upstream", "notified", "activating"] {
                let account = try await test.store.read { try $0.account(identifier: name) }
                #expect(account != nil && account?.mustChangeSince == nil, "\(name)")
            }
            let old = try await test.store.read { try $0.account(identifier: "old7") }
            #expect(old?.mustChangeSince != nil)
            let events = try await test.store.read {
                try $0.auditEvents(of: nil, before: nil, limit: 5)
            }
            #expect(events.map(\.kind) == [.mustChangeSet])
        }
    }

    @Test(
        "takes a day by the French clock, and nothing else",
        arguments: [
            ("2026-11-21", 1_795_215_600.0), ("2026-07-14", 1_783_980_000.0),
            ("2026-3-1", nil), ("21/11/2026", nil), ("2026-13-01", nil), ("", nil),
        ] as [(String, Double?)])
    func day(_ text: String, _ seconds: Double?) {
        let moment = AccountCommands.MustChange.moment(text)
        #expect(moment?.timeIntervalSince1970 == seconds)
    }
}
