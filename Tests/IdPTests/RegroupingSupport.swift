import Flow
import FoundationEssentials
import Store
import TestSupport
import Web

@testable import IdP

/// Mme Valéry DURANT with two accounts: `v.durant1` has Alexis, `v.durant` has Cassandre.
struct RegroupingWorld {
    let signIn: SignInWorld
    let other: SampleParent

    static let otherPassword = "Autre2026"

    static func run(
        _ backend: Backend = .sqlite, _ body: (RegroupingWorld) async throws -> Void
    ) async throws {
        try await SignInWorld.run(backend) { world in
            let now = world.test.clock.now
            let account = Account(
                id: world.test.desk.makeID(at: now), identifier: "v.durant", state: .active,
                origin: .school, passwordHash: try world.test.hash(otherPassword),
                email: "valery1.durant@example.org", createdAt: now, updatedAt: now)
            let guardian = Guardian(
                id: world.test.desk.makeID(at: now), sourceKey: "v.durant", account: account.id,
                civility: "Mme", lastName: "DURANT", firstName: "Valéry", updatedAt: now)
            try await world.test.store.write { writer in
                try writer.insert(account)
                try writer.upsert(guardian)
            }
            let child = try await world.test.makeChild("Cassandre", of: guardian)
            try await body(
                RegroupingWorld(
                    signIn: world,
                    other: SampleParent(account: account, guardian: guardian, child: child)))
        }
    }

    var otherRecord: SampleRecord {
        SampleRecord(account: other.account, guardian: other.guardian)
    }

    /// At REG-1.
    func atSearch() async throws -> TestBrowser { try await signIn.at(.regrouping) }

    /// What REG-1 makes of this.
    func searched(_ identifier: String, _ password: String) async throws -> TestBrowser {
        let browser = try await atSearch()
        try await browser.submit([("identifier", identifier), ("password", password)])
        return browser
    }

    func atQuestion() async throws -> TestBrowser {
        try await searched("v.durant", Self.otherPassword)
    }

    func children() async throws -> [String] { try await children(of: signIn.parent.account) }

    func children(of account: Account) async throws -> [String] {
        let now = signIn.test.clock.now
        return try await signIn.test.store.read {
            try $0.family(of: account.id, at: now).children.map(\.view.child.firstName)
        }
    }
}
