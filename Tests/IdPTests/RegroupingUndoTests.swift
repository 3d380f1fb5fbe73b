import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The undoing of a regroupement")
struct RegroupingUndoTests {
    private static func separate(_ identifier: String, _ world: RegroupingWorld) async throws {
        let test = world.signIn.test
        _ = try await Registrar(
            store: test.store, environment: test.desk.environment, development: false,
            desk: test.desk
        ).run(.separate(identifier: identifier))
    }

    private static func run(
        _ backend: Backend = .sqlite, _ body: (RegroupingWorld, TestBrowser) async throws -> Void
    ) async throws {
        try await RegroupingWorld.run(backend) { world in
            let browser = try await world.atQuestion()
            try await browser.submit(form: "regroup-form")
            try await body(world, browser)
        }
    }

    @Test(
        "gives each account its children and its password back, ends the main account's sessions and tells both addresses (T16, J §8.2 no. 20)",
        arguments: Backend.available)
    func undone(_ backend: Backend) async throws {
        try await Self.run(backend) { world, browser in
            try await Self.separate("v.durant", world)
            #expect(try await world.children() == ["Alexis"])
            try await browser.open("/portail")
            #expect(browser.path.hasPrefix("/authorize/"))
            let theirs = try await world.signIn.at(
                .portal, "v.durant", RegroupingWorld.otherPassword)
            #expect(theirs.shows("DURAND Cassandre") && !theirs.shows("DURAND Alexis"))
            let told = try await world.signIn.mails().filter {
                $0.subject.contains("annulation d'un regroupement")
            }
            #expect(told.count == 2)
            let kinds = try await world.signIn.auditKinds(of: world.other.account.id)
            #expect(kinds.contains("separated"))
        }
    }

    @Test("is refused after its days, a second time, and of an account that was not absorbed")
    func refused() async throws {
        try await Self.run { world, _ in
            world.signIn.test.clock.advance(
                by: world.signIn.test.desk.policy.lifetimes.regroupingUndo + .seconds(1))
            await #expect(throws: CommandFailure.self) {
                try await Self.separate("v.durant", world)
            }
            let account = try await world.signIn.account("v.durant")
            #expect(account.state == .closed)
        }
        try await Self.run { world, _ in
            try await Self.separate("v.durant", world)
            await #expect(throws: CommandFailure.self) {
                try await Self.separate("v.durant", world)
            }
            await #expect(throws: CommandFailure.self) {
                try await Self.separate("v.durant1", world)
            }
            await #expect(throws: CommandFailure.self) { try await Self.separate("n.obody", world) }
        }
    }
}
