import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("The end of a sign-in to a page of our own")
struct SignInTests {
    private let interaction = InteractionRecord(
        id: id(50), browserHash: bytes(32, 7), state: [9, 9], createdAt: start,
        expiresAt: after(7200))

    private func completion(
        _ session: SessionUse, interaction: InteractionEnd = .none, epoch: Int64 = 1,
        touchesAccess: Bool = false, changes: [Change] = []
    ) -> SignInCompletion {
        SignInCompletion(
            account: id(1), epoch: epoch, session: session, interaction: interaction,
            touchesAccess: touchesAccess, changes: changes)
    }

    @Test(
        "opens a session, notes the access, empties the interaction, and lets no client in (SR-65)",
        arguments: Backend.available)
    func opening(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let event = AuditEvent(id: id(90), at: after(5), kind: .signedIn, account: id(1))
            let signIn = completion(
                .opened(Sample.session(2), ending: id(1)),
                interaction: .stored(interaction.id, revision: 1), touchesAccess: true,
                changes: [.audit(event)])
            let result = try await store.write { writer in
                try writer.begin(interaction)
                return try writer.signIn(signIn, at: after(5))
            }
            #expect(result == .completed)
            try await store.read { reader throws in
                let live = try #require(try reader.session(reference(2), at: after(6)))
                #expect(live.session == Sample.session(2))
                #expect(live.account.lastAccessAt == after(5))
                #expect(try reader.session(reference(1), at: after(6)) == nil, "replaced")
                let done = try #require(try reader.interaction(interaction.id))
                #expect(done.state.isEmpty && done.doneAt == after(5))
                #expect(try reader.sessionClients(of: id(2)).isEmpty)
                #expect(
                    try reader.auditEvents(of: id(1), before: nil, limit: 5).map(\.kind)
                        == [.signedIn])
            }
        }
    }

    @Test(
        "goes on with the session that is there, or renews it under another secret (SR-56)",
        arguments: Backend.available)
    func existing(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let touching = completion(.existing(id(1), touching: true))
            #expect(try await store.write { try $0.signIn(touching, at: after(5)) } == .completed)
            let touched = try await store.read { try $0.session(reference(1), at: after(6)) }
            #expect(touched?.session.lastUsedAt == after(5))
            #expect(touched?.account.lastAccessAt == nil, "no access unless it is said")
            let renewal = completion(.renewed(Sample.session(1, secret: 5)))
            #expect(try await store.write { try $0.signIn(renewal, at: after(7)) } == .completed)
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(8)) == nil)
                #expect(try reader.session(reference(1, secret: 5), at: after(8)) != nil)
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
                let results = try await store.write { writer in
                    try (0..<2).map { turn in
                        let session = Sample.session(10 + index * 2 + turn)
                        return try writer.signIn(
                            completion(.opened(session, ending: nil), interaction: end),
                            at: after(1))
                    }
                }
                #expect(results == [.completed, .interactionMoved])
            }
            let sessions = try await store.read { try $0.sessions(of: id(1), at: after(2)) }
            #expect(sessions.map(\.id) == [id(1), id(10), id(12)])
        }
    }

    @Test(
        "is refused when session or account ended meanwhile, and writes nothing (security.md 2.18)",
        arguments: Backend.available)
    func refused(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.begin(interaction)
                try writer.insert(Sample.account(2))
                try writer.endAll(id(1), .endedByUser, at: after(1))
            }
            let uses: [(SessionUse, Int64, SignInResult)] = [
                (.existing(id(1), touching: true), 1, .sessionEnded),
                (.existing(id(1), touching: true), 2, .sessionEnded),
                (.renewed(Sample.session(1, secret: 5)), 2, .sessionEnded),
                (.opened(Sample.session(2), ending: nil), 1, .accountChanged),
                (.opened(Sample.session(2), ending: nil), 2, .accountChanged),
                (
                    .opened(Sample.session(2, account: Sample.account(2)), ending: nil), 1,
                    .accountChanged
                ),
            ]
            for (use, epoch, expected) in uses {
                let signIn = completion(
                    use, interaction: .stored(interaction.id, revision: 1), epoch: epoch,
                    touchesAccess: true)
                #expect(try await store.write { try $0.signIn(signIn, at: after(2)) } == expected)
            }
            try await store.read { reader throws in
                #expect(try reader.interaction(interaction.id)?.revision == 1)
                #expect(try reader.account(id(1))?.lastAccessAt == nil)
                #expect(try reader.sessions(of: id(1), at: after(2)).isEmpty)
                #expect(try reader.sessions(of: id(2), at: after(2)).isEmpty)
            }
        }
    }

    @Test("is undone as a whole when a change no longer holds", arguments: Backend.available)
    func failingChange(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { try $0.begin(interaction) }
            let stale = completion(
                .opened(Sample.session(2), ending: id(1)),
                interaction: .stored(interaction.id, revision: 1),
                changes: [.replaceAccount(Sample.account, expectedRevision: 7, ends: nil)])
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.signIn(stale, at: after(1)) }
            }
            try await store.read { reader throws in
                #expect(try reader.interaction(interaction.id)?.doneAt == nil)
                #expect(try reader.sessions(of: id(1), at: after(2)).map(\.id) == [id(1)])
            }
        }
    }
}
