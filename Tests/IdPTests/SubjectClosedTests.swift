import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A teleservice that knows an account which another one absorbed (J §2.10)")
struct SubjectClosedTests {
    /// Two accounts of one person and a teleservice that knows the first by `sub`.
    private struct Room {
        let test: TestDesk
        let teleservice: ToldTeleservice
        let absorbed: Account.ID
        let main: Account.ID
        var sector: String { "lsu.example.org" }

        func subject(of account: Account.ID) async throws -> String? {
            try await test.store.read { try $0.subject(of: .account(account), sector: sector) }
        }

        func absorb(_ absorbed: Account.ID, into main: Account.ID) async throws {
            let now = test.clock.now
            let id: AccountMerge.ID = test.desk.makeID(at: now)
            try await test.store.write { writer in
                let accounts = try [main, absorbed].map { try #require(try writer.account($0)) }
                try writer.absorb(
                    AccountMerge(
                        id: id, main: main, mainRevision: accounts[0].revision,
                        absorbed: absorbed, absorbedRevision: accounts[1].revision), at: now)
            }
        }

        /// What the teleservice is told of a row without `sid`.
        func told() async throws -> [LogoutTokenClaims] {
            try await test.enqueueLogout("lsu", sid: nil, account: absorbed)
            await try test.logoutCourier().deliverDue()
            #expect(
                try await test.audited().filter {
                    $0.kind == .messageRefused || $0.kind == .messageExpired
                }.isEmpty)
            return try teleservice.claims(test)
        }
    }

    private func room(
        _ backend: Backend = .sqlite, entitled: Bool, isKnown: Bool = true,
        _ body: (Room) async throws -> Void
    ) async throws {
        let teleservice = try ToldTeleservice()
        try await TestDesk.run(backend) { test in
            var policy = ClientPolicy()
            if entitled { policy.entitlements = [.subjectChanges] }
            try await test.register("lsu", policy: policy) {
                $0.backChannelLogoutURI = teleservice.address
            }
            for identifier in ["absorbed", "main"] {
                try await test.makeAccount(identifier, .active, password: SignInWorld.password)
            }
            let ids = try await test.store.write { writer in
                try ["absorbed", "main"].map {
                    try #require(try writer.account(identifier: $0)).id
                }
            }
            let room = Room(test: test, teleservice: teleservice, absorbed: ids[0], main: ids[1])
            if isKnown {
                _ = try await test.store.write {
                    try $0.ensure(
                        SubjectIdentifier(
                            owner: .account(ids[0]), sector: room.sector, value: "old sub"))
                }
            }
            try await body(room)
        }
    }

    @Test(
        "is told that its sub is closed, without a sid, and not which one replaces it",
        arguments: Backend.available)
    func plain(_ backend: Backend) async throws {
        try await room(backend, entitled: false) { room in
            try await room.absorb(room.absorbed, into: room.main)
            let claims = try #require(try await room.told().first)
            #expect(claims.subject == "old sub" && claims.sessionID == nil)
            #expect(claims.closing == LogoutTokenClaims.SubjectClosed())
            #expect(try await room.subject(of: room.main) == nil, "none is made for nobody")
        }
    }

    @Test(
        "is told the main account's sub where it is entitled to (subject_changes), made if need be",
        arguments: Backend.available)
    func entitled(_ backend: Backend) async throws {
        try await room(backend, entitled: true) { room in
            try await room.absorb(room.absorbed, into: room.main)
            let claims = try #require(try await room.told().first)
            #expect(claims.subject == "old sub")
            let successor = try #require(claims.closing?.replacedBy)
            #expect(try await room.subject(of: room.main) == successor && successor != "old sub")
        }
    }

    @Test("is told the account that is open now, where the main one was absorbed in turn")
    func chain() async throws {
        try await room(entitled: true) { room in
            try await room.test.makeAccount("last", .active, password: SignInWorld.password)
            let last = try #require(
                try await room.test.store.read { try $0.account(identifier: "last") })
            _ = try await room.test.store.write {
                try $0.ensure(
                    SubjectIdentifier(
                        owner: .account(last.id), sector: room.sector, value: "last sub"))
            }
            try await room.absorb(room.absorbed, into: room.main)
            try await room.absorb(room.main, into: last.id)
            #expect(try await room.told().first?.closing?.replacedBy == "last sub")
        }
    }

    @Test("is told nothing where its sector never knew the account, or the account is open")
    func nothing() async throws {
        try await room(entitled: true, isKnown: false) { room in
            try await room.absorb(room.absorbed, into: room.main)
            #expect(try await room.told().isEmpty)
        }
        try await room(entitled: true) { room in
            let told = try await room.told()
            #expect(told.isEmpty, "the regroupement was undone")
        }
    }
}
