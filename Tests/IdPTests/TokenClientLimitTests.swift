import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

/// Wrong secrets, many of them.
extension TokenClientTests {
    @Test("is limited in wrong secrets by network, and never in right ones (SR-45)")
    func limited() async throws {
        try await run { provider async throws in
            let wrong = ProviderEndpoints.basic("lsu", secret: "wrong")
            let right = ProviderEndpoints.basic("lsu")
            for _ in 0..<ClientAuthentication.wrongSecretsMax {
                #expect(try await ask(provider, authorization: wrong).code == 401)
            }
            let over = try await ask(provider, authorization: wrong)
            #expect(over.code == 429 && over.headers[.retryAfter] == "60")
            // Strangers behind the same network must not be able to shut the client out.
            #expect(try await ask(provider, authorization: right).code == 200)
            #expect(try await ask(provider, authorization: wrong).code == 429)
            #expect(try await ask(provider, authorization: wrong, from: "198.51.100.7").code == 401)
            provider.clock.advance(by: .seconds(60))
            #expect(try await ask(provider, authorization: wrong).code == 401)
        }
    }

    @Test("is limited by what the store has counted, so that a restart resets nothing")
    func limitedAfterRestart() async throws {
        try await run { provider async throws in
            let wrong = ProviderEndpoints.basic("lsu", secret: "wrong")
            for _ in 0..<ClientAuthentication.wrongSecretsMax {
                _ = try await ask(provider, authorization: wrong)
            }
            let restarted = ProviderEndpoints(provider.test)
            #expect(try await ask(restarted, authorization: wrong).code == 429)
        }
    }

    @Test("gets in by a secret that was added while its network is refused")
    func addedWhileLimited() async throws {
        try await run { provider async throws in
            let wrong = ProviderEndpoints.basic("lsu", secret: "wrong")
            for _ in 0...ClientAuthentication.wrongSecretsMax {
                _ = try await ask(provider, authorization: wrong)
            }
            let now = provider.now
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                client.secrets.append(
                    ClientSecret(hash: Digest.sha256("the new one").bytes, createdAt: now))
                try writer.update(client, at: now)
            }
            let new = ProviderEndpoints.basic("lsu", secret: "the new one")
            #expect(try await ask(provider, authorization: new).code == 200)
        }
    }

    @Test(
        "leaves one trace a window when its wrong secrets are refused (SR-63)",
        arguments: Backend.available)
    func audited(_ backend: Backend) async throws {
        try await run(on: backend) { provider async throws in
            let wrong = ProviderEndpoints.basic("lsu", secret: "wrong")
            func traces() async throws -> [AuditEvent] {
                try await provider.store.read {
                    try $0.auditEvents(of: nil, before: nil, limit: 10)
                }
            }
            for _ in 0..<ClientAuthentication.wrongSecretsMax {
                _ = try await ask(provider, authorization: wrong)
            }
            #expect(try await traces().isEmpty)
            // Several nodes, which do not know of each other's refusals.
            for node in [provider, ProviderEndpoints(provider.test)] {
                for _ in 0..<3 {
                    #expect(try await ask(node, authorization: wrong).code == 429)
                }
            }
            let events = try await traces()
            #expect(events.map(\.kind) == [.triesUsedUp])
            #expect(events.first?.client == "lsu" && events.first?.network == "192.0.2.1")
            provider.clock.advance(by: .seconds(60))
            for _ in 0...ClientAuthentication.wrongSecretsMax {
                _ = try await ask(provider, authorization: wrong)
            }
            #expect(try await traces().count == 2)
        }
    }
}
