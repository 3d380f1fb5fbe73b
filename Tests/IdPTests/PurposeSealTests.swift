import Flow
import FoundationEssentials
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("What is sealed for one purpose (D21)")
struct PurposeSealTests {
    private let content = Array("content".utf8)

    private func seal(
        _ seal: PurposeSeal, _ test: TestDesk, context: String = "row 1"
    ) throws -> [UInt8] {
        try #require(
            seal.seal(
                content, context: context, random: test.desk.environment.random,
                at: test.clock.now))
    }

    @Test("opens for that purpose in that context, and nowhere else")
    func opens() async throws {
        try await TestDesk.run(.sqlite) { test in
            let (mails, codes) = (
                PurposeSeal("mails", keys: test.desk.keys),
                PurposeSeal("codes", keys: test.desk.keys)
            )
            let sealed = try seal(mails, test)
            #expect(try mails.open(sealed, context: "row 1") == content)
            #expect(throws: SealedBoxError.notAuthentic) {
                try mails.open(sealed, context: "row 2")
            }
            #expect(throws: SealedBoxError.notAuthentic) {
                try codes.open(sealed, context: "row 1")
            }
            #expect(throws: SealedBoxError.malformed) { try mails.open([1, 2], context: "row 1") }
            #expect(try seal(mails, test) != sealed, "no nonce comes twice")
        }
    }

    @Test("says apart that its key isn't known here: another node may know it")
    func unknownKey() async throws {
        try await TestDesk.run(.sqlite) { test in
            let seal = PurposeSeal("mails", keys: test.desk.keys)
            var sealed = try self.seal(seal, test)
            // The key's id follows the version.
            sealed[1] ^= 0xFF
            let id = sealed[1...4].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            #expect(throws: SealedBoxError.unknownKey(id: id.joined())) {
                try seal.open(sealed, context: "row 1")
            }
        }
    }

    /// Rows outlive a release: a changed word here would make all of them unreadable.
    @Test("keeps its stored form: what rows hold opens with the keys and contexts of before")
    func storedForm() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.waiting()
            let desk = world.test.desk
            func opened(_ sealed: [UInt8], _ purpose: String, _ context: String) throws -> String {
                let keys = desk.keys.current.storeKeys.compactMap {
                    StoreKey(id: $0.id, bytes: $0.derived(for: purpose))
                }
                let bytes = try SealedBox(sealed).open(context: context, keys: keys)
                return String(decoding: bytes, as: UTF8.self)
            }
            let mail = try #require(try await world.test.outboxRows().first)
            #expect(
                try opened(mail.body, "outbox", "outbox/\(mail.id.text)").contains("i.desoil"))
            let id = try #require(
                Interaction.ID(address: browser.path.split(separator: "/")[1]))
            let row = try #require(try await world.test.store.read { try $0.interaction(id) })
            #expect(
                try opened(row.state, "interaction", "interaction \(id.address)")
                    .contains(id.address))
            let session = Session.ID(
                at: world.test.clock.now, random: [UInt8](repeating: 1, count: 10))
            let upstream = try #require(
                UpstreamSession(provider: "franceconnect", idToken: "token").sealed(
                    for: session, desk))
            #expect(
                try opened(upstream, "upstream session", "upstream session \(session.text)")
                    == #"{"provider":"franceconnect","token":"token"}"#)
        }
    }
}
