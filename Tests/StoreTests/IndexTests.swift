import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("A look-up")
struct IndexTests {
    private func inStore(_ body: (SQLiteConnection, Noting) throws -> Void) throws {
        let folder = try TemporaryFolder("plans")
        defer { folder.remove() }
        let connection = try SQLiteConnection(
            path: folder.path + "/store.sqlite", readOnly: false, patience: .seconds(1))
        _ = try MigrationRunner(
            connection: connection, dialect: .sqlite, migrations: Migration.all
        ).run()
        try body(connection, Noting(connection))
    }

    private func plan(
        _ text: String, _ values: [SQLValue], _ connection: SQLiteConnection
    ) throws -> [String] {
        try connection.all(SQLStatement("EXPLAIN QUERY PLAN " + text), values) { row in
            row.skip(3)
            return try row.text()
        }
    }

    @Test("for messages that are due reads those of its kind alone, the oldest first (5.16)")
    func outbox() throws {
        try inStore { connection, noting in
            let writer = StoreWriter(connection: noting)
            _ = try writer.due(.logout, passingOver: ["lsu"], limit: 16, at: start)
            let asked = try #require(noting.ran.first { $0.key.contains("FROM outbox") })
            #expect(
                try plan(asked.key, asked.value, connection) == [
                    "SEARCH outbox USING INDEX outbox_due (kind=? AND not_before<?)"
                ])
        }
    }

    @Test("uses an index, and never reads through a table")
    func plans() throws { try inStore(plans) }

    private func plans(_ connection: SQLiteConnection, _ noting: Noting) throws {
        let writer = StoreWriter(connection: noting)
        for seed in 1...2 { try writer.insert(Sample.account(seed)) }
        _ = try writer.enrolmentCandidates(mobile: "+33639980001", at: start)
        _ = try writer.enrolmentCandidates([id(1)], at: start)
        _ = try writer.children(of: [Guardian.ID](arrayLiteral: id(1)), at: start)
        _ = try writer.counted(attemptKey(1), at: start)
        try writer.link(Sample.link("sub"))
        try writer.link(Sample.link("sub"))
        _ = try writer.upstreamLinks(of: id(1))
        try writer.touchLink(issuer: Sample.issuer, subject: "sub", at: start)
        try writer.issue(Sample.challenge(1))
        try writer.spendChallenge(id(1), at: start)
        _ = try writer.smsChallenge(id(1))
        try writer.issue(Sample.mailToken(1))
        try writer.voidMailTokens(of: id(2))
        try writer.spendMailToken(id(1), at: start)
        _ = try writer.mailToken(reference(1))
        let merge = AccountMerge(
            id: id(1), main: id(1), mainRevision: 1, absorbed: id(2), absorbedRevision: 1)
        try writer.absorb(merge, at: start)
        _ = try writer.mergeRecord(ofAbsorbed: id(2))
        _ = try writer.openAccount(following: id(2))
        let record = try #require(try writer.mergeRecord(ofAbsorbed: id(2)))
        var restored = Sample.account(2)
        restored.revision = 2
        try writer.separate(record, restored: restored, mainRevision: 1, at: start)
        _ = try writer.family(of: id(1), at: start)
        _ = try writer.sessionOverviews(of: id(1), limit: 50, at: start)
        try writer.end(id(1), of: id(1), .endedByUser, at: start)
        _ = try writer.connectedServices(of: id(1), at: start)
        _ = try writer.consents(of: id(1))
        try writer.withdrawConsent(of: id(1), client: "lsu", at: start)
        try writer.unlink(issuer: Sample.issuer, subject: "sub", of: id(1))
        _ = try writer.accounts(email: "valery1.durant@example.org")
        _ = try writer.accounts(mobile: "+33639980001")
        _ = try writer.guardians(mobile: "+33639980001", limit: 50)
        _ = try writer.setMustChange(before: start, after: id(1), limit: 1, at: start)
        #expect(noting.ran.count > 45)
        for (text, values) in noting.ran {
            let plan = try plan(text, values, connection)
            #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(text): \(plan)")
        }
    }
}
