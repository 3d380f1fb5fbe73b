import Flow
import FoundationEssentials
import LoopbackSupport
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A teleservice whose session has ended (Back-Channel Logout 1.0)")
struct BackChannelLogoutTests {
    @Test(
        "is told by a token of its own algorithm, with the sub and sid of its ID token (SR-62, J-O-14, oidcc-backchannel-rp-initiated-logout)",
        arguments: Backend.available, [Algorithm.es256, .rs256])
    func told(_ backend: Backend, _ algorithm: Algorithm) async throws {
        let teleservice = try ToldTeleservice()
        try await SignInWorld.run(backend) { metadata in
            metadata.backChannelLogoutURI = teleservice.address
            metadata.idTokenAlgorithm = algorithm
        } _: { world in
            let browser = try await world.signedIn()
            let hint = try #require(try await world.redeem(browser).string("id_token"))
            let idToken = try JSON(parsing: JWS.parse(hint).unverifiedPayload)
            try await browser.open("/logout?" + Form.encode([("id_token_hint", hint)]))
            #expect(teleservice.requests.isEmpty, "no page waits for a teleservice")

            try await world.test.logoutCourier().deliverDue()
            let request = try #require(teleservice.requests.first)
            #expect(request.method == "POST" && request.path == "/signal")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            let claims = try #require(try teleservice.claims(world.test).first)
            #expect(claims.subject == idToken.member("sub")?.string && claims.subject != nil)
            #expect(claims.sessionID == idToken.member("sid")?.string)
            #expect(claims.issuedAt == world.test.clock.now && claims.closing == nil)
            #expect(claims.expiresAt == claims.issuedAt + .seconds(120))
            let token = try Form(parsing: request.body)["logout_token"] ?? ""
            let header = try JWS.parse(token).header
            #expect(header.type == "logout+jwt" && header.algorithm == algorithm)
            let row = try #require(
                try await world.test.outboxRows().first { $0.kind == .logout })
            #expect(row.deliveredAt != nil && row.sid == claims.sessionID)

            try await world.test.logoutCourier().deliverDue()
            #expect(teleservice.requests.count == 1)
        }
    }

    /// A world with one row that waits for `lsu`.
    private func waiting(
        _ backend: Backend = .sqlite, for teleservice: ToldTeleservice,
        _ body: (TestDesk) async throws -> Void
    ) async throws {
        try await TestDesk.run(backend) { test in
            try await test.register("lsu") { $0.backChannelLogoutURI = teleservice.address }
            try await test.enqueueLogout("lsu", sid: "s1")
            try await body(test)
        }
    }

    @Test(
        "that fails is told again, after a wait, with another token (SR-62)",
        arguments: [500, 503, 404, 401, 429, 302])
    func retried(_ status: Int) async throws {
        let teleservice = try ToldTeleservice { tries in
            .status(tries == 1 ? status : 204, headers: [("Location", "/elsewhere")])
        }
        try await waiting(for: teleservice) { test in
            let courier = try test.logoutCourier()
            await courier.deliverDue()
            #expect(teleservice.requests.map(\.path) == ["/signal"], "no redirect is followed")
            let row = try #require(try await test.outboxRows().first)
            #expect(row.deliveredAt == nil && row.attempts == 1)
            #expect(row.notBefore >= test.clock.now + .seconds(10))
            test.clock.advance(by: .seconds(13))
            await courier.deliverDue()
            let claims = try teleservice.claims(test)
            #expect(claims.map(\.sessionID) == ["s1", "s1"])
            #expect(Set(claims.map(\.id)).count == 2 && claims[1].issuedAt == test.clock.now)
            #expect(try await test.outboxRows().first?.deliveredAt == test.clock.now)
            #expect(try await test.audited().isEmpty)
        }
    }

    @Test("that hangs, or answers without end, is given up in time and told again (SR-62)")
    func hangs() async throws {
        for answer in [
            LoopbackServer.Answer.silence, .trickle(byteCount: 9_999, everyMilliseconds: 20),
            .response(status: 200, headers: [], body: [UInt8](repeating: 32, count: 70_000)),
        ] {
            let teleservice = try ToldTeleservice { _ in answer }
            try await waiting(for: teleservice) { test in
                await try test.logoutCourier(totalTime: .milliseconds(300)).deliverDue()
                #expect(teleservice.requests.count == 1)
                let row = try #require(try await test.outboxRows().first)
                #expect(row.deliveredAt == nil && row.attempts == 1 && row.leasedUntil == nil)
            }
        }
    }

    @Test(
        "that refuses the token with 400 is not told again; the audit names no teleservice (J-L-15)",
        arguments: Backend.available)
    func refused(_ backend: Backend) async throws {
        let teleservice = try ToldTeleservice { _ in .status(400) }
        try await waiting(backend, for: teleservice) { test in
            let courier = try test.logoutCourier()
            await courier.deliverDue()
            test.clock.advance(by: .seconds(7200))
            await courier.deliverDue()
            #expect(teleservice.requests.count == 1)
            let event = try #require(try await test.audited().first)
            #expect(event.kind == .messageRefused && event.detail == "logout: status 400")
            #expect(event.client == nil)
        }
    }

    @Test("is told until the row expires, which the audit then says")
    func expires() async throws {
        let teleservice = try ToldTeleservice { _ in .status(500) }
        try await TestDesk.run(.sqlite) { test in
            try await test.register("lsu") { $0.backChannelLogoutURI = teleservice.address }
            try await test.enqueueLogout("lsu", sid: "s1", for: .seconds(25))
            let courier = try test.logoutCourier()
            await courier.deliverDue()
            test.clock.advance(by: .seconds(13))
            await courier.deliverDue()
            test.clock.advance(by: .seconds(13))
            await courier.deliverDue()
            #expect(teleservice.requests.count == 2)
            #expect(try await test.audited().map(\.kind) == [.messageExpired])
        }
    }

    @Test(
        "is told at the address that it has now, and not at all without one",
        arguments: Backend.available)
    func registry(_ backend: Backend) async throws {
        let (old, new) = (try ToldTeleservice { _ in .status(500) }, try ToldTeleservice())
        try await waiting(backend, for: old) { test in
            let courier = try test.logoutCourier()
            func edit(
                address: String?, isDisabled: Bool = false
            ) async throws {
                let now = test.clock.now
                try await test.store.write { writer in
                    var client = try #require(try writer.client("lsu"))
                    var metadata = try RegisteredClient(client).metadata
                    metadata.backChannelLogoutURI = address
                    client.metadata = String(decoding: metadata.json.serialized(), as: UTF8.self)
                    client.backchannelLogoutURI = address
                    client.disabledAt = isDisabled ? now : nil
                    try writer.update(client, at: now)
                }
            }
            await courier.deliverDue()
            test.clock.advance(by: .seconds(20))
            try await edit(address: new.address)
            await courier.deliverDue()
            #expect(old.requests.count == 1 && new.requests.count == 1)

            try await test.enqueueLogout("lsu", sid: "s2", key: "2")
            try await edit(address: new.address, isDisabled: true)
            await courier.deliverDue()
            try await test.enqueueLogout("lsu", sid: "s3", key: "3")
            try await edit(address: nil)
            await courier.deliverDue()
            try await test.enqueueLogout("nobody", sid: "s4", key: "4")
            try await test.enqueueLogout(nil, sid: "s5", key: "5")
            await courier.deliverDue()
            test.clock.advance(by: .seconds(7200))
            try await edit(address: new.address)
            await courier.deliverDue()
            #expect(new.requests.count == 1, "what ended stays ended")
            #expect(try await test.outboxRows().filter { $0.deliveredAt != nil }.count == 1)
            #expect(try await test.audited().isEmpty)
        }
    }

    @Test("that was given the id of another one since then is told nothing of its sessions")
    func sameID() async throws {
        let teleservice = try ToldTeleservice()
        try await TestDesk.run(.sqlite) { test in
            try await test.enqueueLogout("lsu", sid: "s1")
            test.clock.advance(by: .seconds(1))
            try await test.register("lsu") { $0.backChannelLogoutURI = teleservice.address }
            await try test.logoutCourier().deliverDue()
            #expect(teleservice.requests.isEmpty)
        }
    }

    @Test("is reached on loopback only where our issuer is there too (SR-32)")
    func loopback() async throws {
        let teleservice = try ToldTeleservice()
        try await waiting(for: teleservice) { test in
            await try test.logoutCourier(isOnLoopback: false).deliverDue()
            #expect(teleservice.connections == 0)
            let row = try #require(try await test.outboxRows().first)
            #expect(row.deliveredAt == nil && row.attempts == 1)
        }
    }
}
