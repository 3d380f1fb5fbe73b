import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("An authorization code")
struct RedeemedCodeTests {
    @Test("gives its grant and a token that works (SR-15)", arguments: Backend.available)
    func fresh(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let outcome = try await store.write {
                try $0.redeem(Sample.redemption(10), at: after(1))
            }
            guard case .fresh(let grant) = outcome else { throw Unexpected(outcome) }
            #expect(grant.subject == "sub-10")
            #expect(grant.sid == "sid-10")
            #expect(grant.nonce == "n-0S6_WzA2Mj")
            let live = try #require(try await store.accessToken(10, at: after(2)))
            #expect(live.grant == grant)
            #expect(live.token.scopes == "openid profile")
            #expect(
                try await store.accessToken(10, at: after(600)) == nil,
                "a token is good for its ten minutes")
        }
    }

    @Test(
        "can't be redeemed again, its replay revokes the grant (oidcc-codereuse, RFC 6749 §4.1.2)",
        arguments: Backend.available)
    func replay(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            _ = try await store.write {
                try $0.redeem(Sample.redemption(10, refresh: 1), at: after(1))
            }
            let again = try await store.write {
                try $0.redeem(Sample.redemption(10, token: 11), at: after(31))
            }
            guard case .replayed(id(10), revoking: true) = again else { throw Unexpected(again) }
            let third = try await store.write {
                try $0.redeem(Sample.redemption(10, token: 13), at: after(32))
            }
            guard case .replayed(id(10), revoking: false) = third else { throw Unexpected(third) }
            #expect(try await store.accessToken(10, at: after(32)) == nil)
            #expect(try await store.accessToken(11, at: after(32)) == nil)
            let refreshed = try await store.write {
                try $0.rotate(Sample.refresh(1, 0, token: 12), at: after(33))
            }
            guard case .expired = refreshed else { throw Unexpected(refreshed) }
        }
    }

    @Test(
        "is not touched by another client (fapi2 ensure-authorization-code-is-bound-to-client)",
        arguments: Backend.available)
    func wrongClient(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let stolen = try await store.write {
                try $0.redeem(
                    Sample.redemption(10, client: Sample.otherClient, token: 11), at: after(1))
            }
            guard case .wrongClient = stolen else { throw Unexpected(stolen) }
            #expect(try await store.accessToken(11, at: after(1)) == nil)
            let own = try await store.write { try $0.redeem(Sample.redemption(10), at: after(2)) }
            guard case .fresh = own else { throw Unexpected(own) }
        }
    }

    @Test(
        "dies of a wrong proof by the right client (SR-16)", arguments: Backend.available,
        CodeMismatch.allCases)
    func mismatch(_ backend: Backend, _ mismatch: CodeMismatch) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var grant = Sample.grant(10)
            if mismatch == .key { grant.jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }
            let completion = Sample.completion(10, grant: grant)
            _ = try await store.write { try $0.complete(completion, at: start) }
            var wrong = Sample.redemption(10)
            switch mismatch {
            case .redirectURI: wrong.redirectURI = "https://lsu.example.org/callback/"
            case .codeVerifier: wrong.codeChallenge = nil
            case .key: wrong.jkt = "anotherKey"
            }
            let request = wrong
            let refused = try await store.write { try $0.redeem(request, at: after(1)) }
            guard case .mismatch(mismatch) = refused else { throw Unexpected(refused) }
            #expect(try await store.read { try $0.grant(id(10), at: after(1)) } == nil)
            #expect(try await store.accessToken(10, at: after(1)) == nil)
            let second = try await store.write {
                try $0.redeem(Sample.redemption(10), at: after(2))
            }
            guard case .replayed = second else { throw Unexpected(second) }
        }
    }

    @Test(
        "is good for 60 seconds (fapi2 ensure-token-endpoint-fails-with-expired-auth-code)",
        arguments: Backend.available)
    func expired(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let late = try await store.write { try $0.redeem(Sample.redemption(10), at: after(60)) }
            guard case .expired = late else { throw Unexpected(late) }
        }
    }

    @Test("is found by its selector and proved by the rest (D22)", arguments: Backend.available)
    func unknown(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            var guessed = Sample.redemption(10)
            guessed.code = reference(10, secret: 77)
            var absent = Sample.redemption(10)
            absent.code = reference(99)
            for request in [guessed, absent] {
                let outcome = try await store.write { try $0.redeem(request, at: after(1)) }
                guard case .unknown = outcome else { throw Unexpected(outcome) }
            }
            let own = try await store.write { try $0.redeem(Sample.redemption(10), at: after(1)) }
            guard case .fresh = own else { throw Unexpected(own) }
        }
    }

    @Test(
        "ends with its session, and with a change of the password (security.md 2.18)",
        arguments: Backend.available)
    func ended(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            _ = try await store.write { try $0.end(id(1), .signedOut, at: after(1)) }
            let signedOut = try await store.write {
                try $0.redeem(Sample.redemption(10), at: after(2))
            }
            guard case .ended = signedOut else { throw Unexpected(signedOut) }
            let offline = Sample.completion(
                11, session: .opened(Sample.session(2), ending: nil),
                grant: Sample.grant(11, session: nil))
            _ = try await store.write { try $0.complete(offline, at: after(3)) }
            try await store.write {
                try $0.setPassword(
                    "$argon2id$two", for: Sample.account.id, expectedRevision: 1, at: after(4))
            }
            let changed = try await store.write {
                try $0.redeem(Sample.redemption(11), at: after(5))
            }
            guard case .ended = changed else { throw Unexpected(changed) }
        }
    }

    @Test(
        "gives nothing when deciding what to issue fails, and stays good",
        arguments: Backend.available)
    func failingIssue(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let failing = CodeRedemptionRequest(
                code: reference(10), client: Sample.client, redirectURI: Sample.redirectURI,
                codeChallenge: Sample.challenge
            ) { _ in throw StoreError.invalid(detail: "no") }
            await #expect(throws: StoreError.invalid(detail: "")) {
                try await store.write { try $0.redeem(failing, at: after(1)) }
            }
            let own = try await store.write { try $0.redeem(Sample.redemption(10), at: after(2)) }
            guard case .fresh = own else { throw Unexpected(own) }
        }
    }

    @Test(
        "binds its grant to the key it is redeemed with (RFC 9449 §5)", arguments: Backend.available
    )
    func binding(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            var bound = Sample.redemption(10, refresh: 1)
            bound.jkt = "key-1"
            let request = bound
            guard
                case .fresh(let grant) = try await store.write({
                    try $0.redeem(request, at: after(1))
                })
            else { throw Unexpected("not fresh") }
            #expect(grant.jkt == "key-1")
            #expect(try await store.read { try $0.grant(grant.id, at: after(1)) }?.jkt == "key-1")
        }
    }
}

extension CodeMismatch: CaseIterable {
    public static let allCases: [CodeMismatch] = [.redirectURI, .codeVerifier, .key]
}

/// An outcome that the test did not expect.
struct Unexpected: Error {
    let outcome: String

    init(_ outcome: Any) { self.outcome = "\(outcome)" }
}
