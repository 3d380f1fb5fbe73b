import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("The end of an authorization")
struct CompletionTests {
    private let interaction = InteractionRecord(
        id: id(50), browserHash: bytes(32, 7), state: [9, 9], createdAt: start,
        expiresAt: after(7200))

    @Test(
        "opens a session, writes grant and code and empties the interaction at once (SR-65)",
        arguments: Backend.available)
    func opening(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.begin(interaction)
            }
            var completion = Sample.completion(
                10, session: .opened(Sample.session(2), ending: nil),
                interaction: .stored(interaction.id, revision: 1),
                grant: Sample.grant(10, session: id(2)))
            completion.touchesAccess = true
            completion.childSubjects = [
                SubjectIdentifier(owner: .child(id(3)), sector: "lsu.example.org", value: "child-3")
            ]
            let wanted = completion
            let result = try await store.write { try $0.complete(wanted, at: after(5)) }
            guard case .completed(let grant, "sid-10") = result else { throw Unexpected(result) }
            #expect(grant.session == id(2))
            try await store.read { reader throws in
                let live = try #require(try reader.session(reference(2), at: after(6)))
                #expect(live.session == Sample.session(2))
                #expect(live.account.lastAccessAt == after(5))
                let done = try #require(try reader.interaction(interaction.id))
                #expect(done.state.isEmpty && done.doneAt == after(5))
                #expect(try reader.grant(id(10), at: after(6)) == grant)
                #expect(
                    try reader.subject(of: .child(id(3)), sector: "lsu.example.org") == "child-3")
                #expect(
                    try reader.owner(ofSubject: "sub-10", sector: "lsu.example.org")
                        == .account(id(1)))
            }
        }
    }

    @Test("happens once for an interaction, stored or sealed", arguments: Backend.available)
    func once(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { try $0.begin(interaction) }
            let sealed = InteractionRecord(
                id: id(51), browserHash: interaction.browserHash, state: [1], createdAt: start,
                expiresAt: after(60))
            let ends: [InteractionEnd] = [.stored(interaction.id, revision: 1), .sealed(sealed)]
            for (index, end) in ends.enumerated() {
                let first = Sample.completion(10 + index, interaction: end)
                guard
                    case .completed = try await store.write({ try $0.complete(first, at: after(1)) }
                    )
                else {
                    throw Unexpected("refused")
                }
                let second = Sample.completion(20 + index, interaction: end)
                guard
                    case .interactionMoved = try await store.write({
                        try $0.complete(second, at: after(2))
                    })
                else { throw Unexpected("done twice") }
                #expect(try await store.read { try $0.grant(id(20 + index), at: after(2)) } == nil)
            }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.begin(sealed) }
            }
            let row = try await store.read { try $0.interaction(sealed.id) }
            #expect(row?.state == [] && row?.doneAt == after(1))
        }
    }

    @Test(
        "is refused when the session has ended meanwhile, and writes nothing",
        arguments: Backend.available)
    func sessionEnded(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.begin(interaction)
                _ = try writer.end(id(1), .endedByUser, at: after(1))
            }
            for use in [
                SessionUse.existing(id(1), touching: true), .renewed(Sample.session(1, secret: 5)),
            ] {
                let completion = Sample.completion(
                    10, session: use, interaction: .stored(interaction.id, revision: 1))
                let result = try await store.write { try $0.complete(completion, at: after(2)) }
                guard case .sessionEnded = result else { throw Unexpected(result) }
            }
            try await store.read { reader throws in
                #expect(try reader.grant(id(10), at: after(2)) == nil)
                #expect(try reader.interaction(interaction.id)?.revision == 1)
                #expect(try reader.subject(of: .account(id(1)), sector: "lsu.example.org") == nil)
            }
        }
    }

    @Test(
        "is refused when the password was changed meanwhile (security.md 2.18)",
        arguments: Backend.available)
    func accountChanged(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write {
                try $0.setPassword(
                    "$argon2id$two", for: Sample.account.id, expectedRevision: 1, at: after(1))
            }
            let opening = Sample.completion(10, session: .opened(Sample.session(2), ending: nil))
            let result = try await store.write { try $0.complete(opening, at: after(2)) }
            guard case .accountChanged = result else { throw Unexpected(result) }
            #expect(try await store.read { try $0.session(reference(2), at: after(2)) } == nil)
        }
    }

    @Test("keeps sub and sid for the next time (D8)", arguments: Backend.available)
    func stable(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            guard case .completed(let grant, let sid) = try await store.issueCode(11) else {
                throw Unexpected("refused")
            }
            #expect(grant.subject == "sub-10" && sid == "sid-10" && grant.sid == "sid-10")
            var known = Sample.completion(12)
            known.subject = .known("sub-10")
            known.grant.session = nil
            let completion = known
            guard
                case .completed(let offline, "sid-10") = try await store.write({
                    try $0.complete(completion, at: start)
                })
            else { throw Unexpected("refused") }
            #expect(offline.subject == "sub-10" && offline.session == nil && offline.sid == nil)
        }
    }

    @Test(
        "voids the cookie from before a step-up, and keeps the rest (security.md 2.45)",
        arguments: Backend.available)
    func renewal(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            var renewed = Sample.session(1, secret: 5)
            renewed.acr = "urn:educonnect:acr:password-sms"
            renewed.facts = [4]
            let completion = Sample.completion(11, session: .renewed(renewed))
            guard
                case .completed = try await store.write({
                    try $0.complete(completion, at: after(1))
                })
            else {
                throw Unexpected("refused")
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(2)) == nil)
                let live = try #require(try reader.session(reference(1, secret: 5), at: after(2)))
                #expect(
                    live.session.acr == "urn:educonnect:acr:password-sms"
                        && live.session.facts == [4])
                #expect(try reader.grant(id(10), at: after(2)) != nil)
            }
        }
    }

    @Test("ends the session of whoever used the browser before", arguments: Backend.available)
    func replacement(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let completion = Sample.completion(
                11, session: .opened(Sample.session(2), ending: id(1)),
                grant: Sample.grant(11, session: id(2)))
            _ = try await store.write { try $0.complete(completion, at: after(1)) }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(2)) == nil)
                #expect(try reader.grant(id(10), at: after(2)) == nil)
                #expect(try reader.grant(id(11), at: after(2)) != nil)
            }
        }
    }

    @Test("is undone as a whole when a change no longer holds", arguments: Backend.available)
    func failingChange(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let stale = Sample.completion(
                10,
                changes: [
                    .replaceAccount(Sample.account, expectedRevision: 7, ends: nil)
                ])
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.complete(stale, at: after(1)) }
            }
            #expect(try await store.read { try $0.grant(id(10), at: after(1)) } == nil)
        }
    }
}
