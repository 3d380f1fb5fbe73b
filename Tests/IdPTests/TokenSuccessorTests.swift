import Flow
import FoundationEssentials
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("The successor of a refresh token")
struct TokenSuccessorTests {
    private static let start = TestDesk.start

    private func token(at date: Date, _ verifier: UInt8 = 1) throws -> OpaqueToken {
        let made = OpaqueToken.make(.refreshToken, at: date) { Array(repeating: 7, count: $0) }
        return try #require(
            OpaqueToken(
                kind: .refreshToken, selector: made.selector,
                verifier: Array(repeating: verifier, count: 32)))
    }

    private func withKeys(_ body: (_ folder: String) throws -> Void) throws {
        let folder = try TemporaryFolder("educonnect_successor")
        defer { folder.remove() }
        try KeyRing.makeFirst(folder: folder.path, algorithms: [], at: Self.start)
        try body(folder.path)
    }

    @Test("depends on the token and the generation, and is the same on each node (D24)")
    func determined() throws {
        try withKeys { folder in
            let ring = try KeyRing.load(folder: folder)
            func text(_ token: OpaqueToken, _ generation: Int64) throws -> String {
                try RefreshSuccessor(of: token, keyRing: ring, at: Self.start)
                    .token(generation: generation).text
            }
            let first = try text(token(at: Self.start), 1)
            #expect(try first == text(token(at: Self.start), 1))
            let others = [
                try text(token(at: Self.start), 2), try text(token(at: Self.start, 2), 1),
                try text(token(at: Self.start + .seconds(1)), 1),
            ]
            #expect(Set(others + [first]).count == 4)
        }
    }

    @Test("can be given again after the store key was replaced, and when it is gone")
    func replacedKey() throws {
        try withKeys { folder in
            let before = try KeyRing.load(folder: folder)
            let later = Self.start + .seconds(3600)
            let token = try token(at: Self.start + .seconds(10))
            _ = try KeyRing.rotateStoreKey(folder: folder, at: Self.start + .seconds(60))
            let after = try KeyRing.load(folder: folder)
            func hash(_ ring: KeyRing, _ token: OpaqueToken) throws -> [UInt8] {
                try RefreshSuccessor(of: token, keyRing: ring, at: later).hash(generation: 1)
            }
            #expect(try hash(before, token) == hash(after, token))
            let younger = try self.token(at: later)
            #expect(try hash(before, younger) != hash(after, younger))
            // A family from before the first key that is left.
            let older = try self.token(at: Self.start - .seconds(60))
            #expect(try hash(after, older) == hash(after, older))
        }
    }
}
