import Flow
import FoundationEssentials
import Store
import Testing
import Tokens

@Suite("An interaction on its way through the browser")
struct InteractionTests {
    private static func sample() throws -> Interaction {
        let request = try Samples.request(
            [
                ("prompt", "consent"), ("max_age", "3600"), ("login_hint", "v.durant1"),
                ("acr_values", "urn:educonnect:acr:password"), ("id_token_hint", "our token"),
            ], Samples.client())
        let scope = try #require(Scope("openid profile"))
        return Interaction(
            id: .init(at: Samples.now, random: Array(1...10)), browser: Digest.sha256("browser"),
            purpose: .signIn(.client(request)),
            who: .account(.init(id: .init(at: Samples.now, random: Array(11...20)), epoch: 3)),
            facts: [
                .proved(.password, at: Samples.now), .decided(.consented(scope), at: Samples.now),
                .decided(.refused, at: Samples.now),
                .decided(.openedActivation, at: Samples.now),
                .decided(.checkedAddress, at: Samples.now),
            ],
            refused: RefusedForm(
                step: .password, title: "Erreur", content: "<p>é</p>", expiresAt: Samples.now),
            holder: Digest.sha256("proof"), session: .init(at: Samples.now, random: Array(21...30)),
            revision: 7,
            expiresAt: Samples.now + .seconds(7200))
    }

    @Test("comes back whole")
    func roundTrip() throws {
        let interaction = try Self.sample()
        #expect(Interaction(encoded: interaction.encoded(), revision: 7) == interaction)
    }

    @Test("comes back whole on the way to a page of our own", arguments: OwnPage.allCases)
    func ownPage(_ page: OwnPage) throws {
        let request = PageRequest(
            page, authenticatedSince: Samples.now - .seconds(900), loginHint: "v.durant1",
            validatedAt: Samples.now)
        let interaction = Interaction(
            id: .init(at: Samples.now, random: Array(1...10)), browser: Digest.sha256("browser"),
            purpose: .signIn(.page(request)), expiresAt: Samples.now + .seconds(7200))
        #expect(Interaction(encoded: interaction.encoded(), revision: 1) == interaction)
    }

    static let recoveries: [Recovery] = {
        let account = ProvedAccount(id: .init(at: Samples.now, random: Array(1...10)), epoch: 3)
        let code = SMSChallenge.ID(at: Samples.now, random: Array(11...20))
        return [
            .identifierMailed("valery@example.org"), .identifierTexted,
            .linkMailed(reference: "012345678901234"), .codeSent(code, for: account),
            .codeSent(code, for: nil), .codeProved(account, until: Samples.now),
            .passwordSet,
        ]
    }()

    @Test("comes back whole where something was lost", arguments: recoveries)
    func recovery(_ recovery: Recovery) throws {
        var interaction = try Self.sample()
        interaction.forgetPerson()
        #expect(interaction.recovery == nil)
        interaction.recovery = recovery
        #expect(Interaction(encoded: interaction.encoded(), revision: 7) == interaction)
        let text = String(decoding: interaction.encoded(), as: UTF8.self)
        for other in [#"{"code":7}"#, #"{"proved":{"id":"x"}}"#, "{}", "true"] {
            let changed = text.replacing(
                /"recovery":\{[^{}]*(\{[^{}]*\})?[^{}]*\}/, with: "\"recovery\":" + other)
            #expect(changed != text)
            #expect(Interaction(encoded: Array(changed.utf8), revision: 7) == nil)
        }
        interaction.holder = Digest.sha256("proof")
        #expect(interaction.seen(holding: nil).recovery == nil)
        interaction.forgetPerson()
        #expect(interaction.recovery == nil)
    }

    @Test("comes back to the millisecond, and is nothing where its time is no date")
    func times() throws {
        var interaction = try Self.sample()
        for millisecond in 0..<1000 {
            // In 1973, where binary fractions of a second fall short.
            interaction.expiresAt = Date(
                timeIntervalSince1970: 100_000_000 + Double(millisecond) / 1000)
            let once = try #require(Interaction(encoded: interaction.encoded(), revision: 7))
            #expect(Interaction(encoded: once.encoded(), revision: 7) == once)
        }
        let text = String(decoding: try Self.sample().encoded(), as: UTF8.self)
        for number in ["9223372036854775807", "-9223372036854775808", "253402300800000"] {
            let changed = text.replacing(/"expires":\d+/, with: "\"expires\":\(number)")
            #expect(changed != text)
            #expect(Interaction(encoded: Array(changed.utf8), revision: 7) == nil)
        }
    }

    @Test("can be read from the seed that fuzzing starts with")
    func seed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Fuzz/Corpus/Interaction/signIn")
        let seed = try #require(
            Interaction(encoded: Array(try Data(contentsOf: file)), revision: 1))
        #expect(seed.account != nil && seed.session != nil && seed.holder != nil)
        #expect(seed.facts.count == 3)
    }

    @Test("is nothing once a byte is missing or a member is another's")
    func damaged() throws {
        let bytes = try Self.sample().encoded()
        #expect(Interaction(encoded: Array(bytes.dropLast()), revision: 7) == nil)
        #expect(Interaction(encoded: Array("{}".utf8), revision: 7) == nil)
        let text = String(decoding: bytes, as: UTF8.self)
        let renamed = text.replacing("\"proved\":\"password\"", with: "\"proved\":\"telepathy\"")
        let nobody = text.replacing("\"epoch\":3", with: "\"epoch\":\"3\"")
        for changed in [renamed, nobody] {
            #expect(changed != text)
            #expect(Interaction(encoded: Array(changed.utf8), revision: 7) == nil)
        }
    }

    @Test("is unproved for whoever does not hold the proof (SR-56)")
    func holder() throws {
        let interaction = try Self.sample()
        #expect(interaction.seen(holding: Digest.sha256("proof")) == interaction)
        for other in [nil, Digest.sha256("another")] {
            let seen = interaction.seen(holding: other)
            #expect(seen.account == nil)
            #expect(seen.facts.isEmpty)
            #expect(seen.purpose == interaction.purpose)
        }
    }

    @Test("has an address that reads back, and no other text does")
    func address() throws {
        let id = try Self.sample().id
        #expect(InteractionRecord.ID(address: id.address) == id)
        for wrong in [
            "", "a", id.address + "A", String(id.address.dropLast()) + "=", "../../etc/passwd",
        ] {
            #expect(InteractionRecord.ID(address: wrong) == nil)
        }
    }

    @Test("leaves a session its proofs, not its decisions")
    func sessionFacts() throws {
        let kept = Fact.ofSession(Fact.keptBySession(try Self.sample().facts))
        #expect(kept == [.proved(.password, at: Samples.now)])
    }
}
