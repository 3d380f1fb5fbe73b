import Flow
import FoundationEssentials
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@Suite("The password of a school's letter")
struct LetterPasswordTests {
    private static func isMixed(_ text: String) -> Bool {
        text.contains { $0.isNumber } && text.contains { $0.isLetter }
    }

    @Test(
        "has eight capitals and digits, one of each at least, none that is taken for another (J-F-02)"
    )
    func signs() async throws {
        try await TestDesk.run(.sqlite) { test in
            let passwords = test.desk.letterPasswords
            let texts = (0..<2_000).map { _ in passwords.makeText() }
            let allowed = Set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
            #expect(texts.allSatisfy { $0.count == 8 && allowed.isSuperset(of: $0) })
            #expect(texts.allSatisfy(Self.isMixed))
            #expect(Set(texts).count > 1_990)
            // Of a source that gives nothing but one byte, too.
            for byte: UInt8 in [0, 31, 255] {
                let stuck = LetterPasswords(keys: test.desk.keys) {
                    Array(repeating: byte, count: $0)
                }
                #expect(Self.isMixed(stuck.makeText()))
            }
        }
    }

    @Test(
        "is kept sealed for the director, and for no other account (SR-29; journeys.md §8.2 no. 16)"
    )
    func sealed() async throws {
        try await TestDesk.run(.sqlite) { test in
            let now = test.clock.now
            let passwords = test.desk.letterPasswords
            var account = Account(
                id: test.desk.makeID(at: now), identifier: "i.desoil", createdAt: now,
                updatedAt: now)
            let kept = try #require(passwords.kept("BUNZ57DM", for: account.id, at: now))
            #expect(!kept.hash.contains("BUNZ57DM"))
            let again = try #require(passwords.kept("BUNZ57DM", for: account.id, at: now))
            #expect(again.hash != kept.hash && again.sealed != kept.sealed)
            account.provisionalPasswordSealed = kept.sealed
            #expect(passwords.text(of: account) == "BUNZ57DM")
            var other = Account(
                id: test.desk.makeID(at: now), identifier: "v.durant", createdAt: now,
                updatedAt: now)
            #expect(passwords.text(of: other) == nil)
            other.provisionalPasswordSealed = kept.sealed
            #expect(passwords.text(of: other) == nil)
        }
    }
}
