import Flow
import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A teleservice that is removed, and its id given away again")
struct ClientRemovalTests {
    private static let document: JSON = [
        "client_id": "lsu", "redirect_uris": [.string(TestDesk.redirectURI)],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": "openid profile reports", "id_token_signed_response_alg": "ES256",
        "educonnect": ["introspects": true],
    ]

    /// `educonnect client …`, asked of this node.
    private func registrar(_ node: ProviderEndpoints) -> Registrar {
        Registrar(
            store: node.store, environment: node.test.desk.environment, development: false,
            desk: node.test.desk)
    }

    private func add(_ node: ProviderEndpoints) async throws -> (RegisteredClient, String) {
        let answer = try await registrar(node).run(.addClient(Self.document))
        let client = try await node.test.desk.clients.client("lsu")
        return (try #require(client), try #require(answer.member("client_secret")?.string))
    }

    private func ask(
        _ node: ProviderEndpoints, _ secret: String, _ form: [(String, String)],
        at path: String = "/token"
    ) async throws -> TestAnswer {
        try await node.door.post(
            path, form, authorization: ProviderEndpoints.basic("lsu", secret: secret))
    }

    @Test(
        "leaves nothing that works: neither secret, code, tokens nor consent, on any node (2.18)",
        arguments: Backend.available)
    func nothingRevives(_ backend: Backend) async throws {
        try await TestDesk.runNodes(backend) { start in
            let nodes = [ProviderEndpoints(try start()), ProviderEndpoints(try start())]
            let (here, there) = (nodes[0], nodes[1])
            let (client, old) = try await add(here)
            let parent = try await here.test.makeParent()
            let session = try await here.test.signIn(parent)
            let code = try await here.test.code(for: client, parent, in: session)
            let unused = try await here.test.code(for: client, parent, in: session)
            let basic = ProviderEndpoints.basic("lsu", secret: old)
            let first = try await here.redeem(code, authorization: basic)
            #expect(first.code == 200)
            let own = try await ask(there, old, [("grant_type", "client_credentials")])
            #expect(own.code == 200, "both nodes know the client")
            let (account, now) = (parent.account.id, here.now)
            try await here.store.write { writer in
                try writer.save(
                    Consent(account: account, client: "lsu", scopes: "openid", updatedAt: now))
            }

            here.clock.advance(by: .seconds(1))
            _ = try await registrar(here).run(.removeClient(id: "lsu"))
            let (_, fresh) = try await add(here)
            for node in nodes {
                let machine = [("grant_type", "client_credentials")]
                #expect(try await ask(node, old, machine).error == "invalid_client")
                #expect(try await ask(node, fresh, machine).code == 200, "the new secret is known")
                let refreshed = try await ask(
                    node, fresh,
                    [
                        ("grant_type", "refresh_token"),
                        ("refresh_token", first.string("refresh_token") ?? ""),
                    ])
                #expect(refreshed.error == "invalid_grant")
                #expect(try await node.userInfo(first.string("access_token")).code == 401)
                for token in [first.string("access_token"), own.string("access_token")] {
                    let answer = try await ask(
                        node, fresh, [("token", token ?? "")], at: "/introspect")
                    #expect(answer.json == ["active": false])
                }
            }
            let newBasic = ProviderEndpoints.basic("lsu", secret: fresh)
            #expect(
                try await there.redeem(unused, authorization: newBasic).error == "invalid_grant")
            #expect(
                try await there.store.read { try $0.consent(of: account, client: "lsu") } == nil)
            #expect(
                try await there.store.read { try $0.sessionClients(of: session.id) }.isEmpty,
                "nor is it told of sign-outs that were another's")
        }
    }

    @Test("is noted in the audit, as every change by the operator (SR-63)")
    func audit() async throws {
        try await TestDesk.run(.sqlite) { test in
            let node = ProviderEndpoints(test)
            _ = try await add(node)
            _ = try await registrar(node).run(.removeClient(id: "lsu"))
            _ = try await registrar(node).run(.noteRotation(key: "key-2"))
            let events = try await node.store.read {
                try $0.auditEvents(of: nil, before: nil, limit: 9)
            }
            #expect(events.map(\.kind) == [.keyRotated, .clientRemoved, .clientAdded])
            #expect(events.map(\.client) == [nil, "lsu", "lsu"])
            #expect(events.first?.detail == "key-2")
            #expect(events.allSatisfy { $0.actor == "operator" })
        }
    }
}
