import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("An identity at another provider")
struct UpstreamLinkTests {
    @Test("belongs to one account for good (SR-37, security.md 2.26)", arguments: Backend.available)
    func owner(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...2 { try writer.insert(Sample.account(seed)) }
                try writer.link(Sample.link("sub"))
                var again = Sample.link("sub")
                again.createdAt = after(5)
                try writer.link(again)
                // The pair counts, not the subject alone.
                let elsewhere = UpstreamLink(
                    issuer: "https://other.example.org", subject: "sub", account: id(2),
                    createdAt: start)
                try writer.link(elsewhere)
            }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.link(Sample.link("sub", account: id(2))) }
            }
            try await store.read { reader throws in
                let found = try reader.upstreamLink(issuer: Sample.issuer, subject: "sub")
                #expect(found == Sample.link("sub"))
                #expect(try reader.upstreamLink(issuer: Sample.issuer, subject: "SUB") == nil)
                #expect(
                    try reader.upstreamLinks(of: id(2)).map(\.issuer)
                        == ["https://other.example.org"])
            }
        }
    }

    @Test("is not given to an account that is closed or missing", arguments: Backend.available)
    func closed(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var closed = Sample.account(1, state: .closed)
            closed.closedAt = start
            let account = closed
            try await store.write { _ = try $0.insert(account) }
            for seed in 1...2 {
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write { try $0.link(Sample.link("sub", account: id(seed))) }
                }
            }
        }
    }

    @Test(
        "is taken away by its own account alone, and is nobody's then (security.md 2.26)",
        arguments: Backend.available)
    func unlinked(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...2 { try writer.insert(Sample.account(seed)) }
                for subject in ["sub", "kept"] { try writer.link(Sample.link(subject)) }
            }
            for (subject, account) in [("sub", 2), ("SUB", 1), ("other", 1)] {
                let change = Change.unlink(
                    issuer: Sample.issuer, subject: subject, account: id(account))
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write { try $0.apply([change], at: after(1)) }
                }
            }
            let own = Change.unlink(issuer: Sample.issuer, subject: "sub", account: id(1))
            try await store.write { try $0.apply([own], at: after(1)) }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.apply([own], at: after(2)) }
            }
            try await store.read { reader throws in
                #expect(try reader.upstreamLinks(of: id(1)).map(\.subject) == ["kept"])
                #expect(try reader.upstreamLink(issuer: Sample.issuer, subject: "sub") == nil)
            }
            try await store.write { try $0.link(Sample.link("sub", account: id(2))) }
        }
    }

    @Test("remembers its last use", arguments: Backend.available)
    func touched(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.link(Sample.link("sub"))
                let touch = Change.touchLink(issuer: Sample.issuer, subject: "sub")
                try writer.apply([touch], at: after(8))
                try writer.apply([touch], at: after(7))
            }
            let link = try await store.read {
                try $0.upstreamLink(issuer: Sample.issuer, subject: "sub")
            }
            #expect(link?.createdAt == start && link?.lastUsedAt == after(8))
        }
    }
}
