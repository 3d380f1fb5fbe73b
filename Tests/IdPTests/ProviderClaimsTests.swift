import Flow
import FoundationEssentials
import HTTPTypes
import Store
import Testing
import TestSupport
import Tokens
import Web

@testable import IdP

@Suite("The claims of a parent")
struct ProviderClaimsTests {
    private func run(
        scope: String = "openid", policy: ClientPolicy = ClientPolicy(),
        _ body: (ProviderEndpoints, String, SampleCode, SampleParent) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu", policy: policy)
            let (answer, code, _, parent) = try await provider.signedIn(client, scope: scope)
            let token = try #require(answer.string("access_token"))
            try await body(provider, token, code, parent)
        }
    }

    @Test(
        "tells by scope what is known, and nothing that is not (oidcc-scope-profile, -email, -phone)"
    )
    func claims() async throws {
        try await run(scope: "openid profile email phone address") {
            provider, token, code, _ async throws in
            let updated = Int64(provider.now.timeIntervalSince1970)
            let expected: JSON = [
                "sub": .string(code.grant.subject), "name": "Valéry DURANT",
                "given_name": "Valéry", "family_name": "DURANT",
                "preferred_username": "v.durant1", "birthdate": "1980-05-17",
                "updated_at": .integer(updated), "email": "valery.durant@example.org",
                "email_verified": true, "phone_number": "+33639980001",
                "phone_number_verified": false,
            ]
            #expect(try await provider.userInfo(token).json == expected)
        }
    }

    @Test("tells all of profile and address where the account has them (oidcc-scope-all)")
    func details() async throws {
        try await run(scope: "openid profile address") { provider, token, _, parent async throws in
            var details = ProfileDetails(guardian: parent.guardian.id)
            details.middleName = "Anne"
            details.nickname = "Val"
            details.profile = "https://example.org/valery"
            details.picture = "https://example.org/valery.png"
            details.website = "https://example.org"
            details.gender = "female"
            details.zoneinfo = "Europe/Paris"
            details.locale = "fr-FR"
            details.streetAddress = "1 rue de l’Exemple"
            details.locality = "Lille"
            details.postalCode = "59000"
            details.country = "FR"
            let written = details
            try await provider.store.write { try $0.upsert(written) }
            let claims = try await provider.userInfo(token).json
            for name in UserClaims.names(for: "profile") { #expect(claims.member(name) != nil) }
            let address: JSON = [
                "street_address": "1 rue de l’Exemple", "locality": "Lille",
                "postal_code": "59000", "country": "FR",
            ]
            #expect(claims.member("address") == address)
        }
    }

    @Test("tells no address that is not confirmed")
    func unconfirmed() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let now = provider.now
            let account = Account(
                id: provider.test.desk.makeID(at: now), identifier: "p.loyez1", state: .active,
                pendingEmail: "new@example.org", createdAt: now, updatedAt: now)
            let guardian = Guardian(
                id: provider.test.desk.makeID(at: now), sourceKey: "loyez", account: account.id,
                civility: "M.", lastName: "LOYEZ", firstName: "Patrick",
                emailFromSchool: "patrick@example.org", updatedAt: now)
            try await provider.store.write { writer in
                try writer.insert(account)
                try writer.upsert(guardian)
            }
            let child = try await provider.test.makeChild("Jean", of: guardian)
            let parent = SampleParent(account: account, guardian: guardian, child: child)
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(
                for: client, parent, in: session, scope: "openid email phone")
            let token = try await provider.redeem(code).string("access_token")
            let expected: JSON = ["sub": .string(code.grant.subject)]
            #expect(try await provider.userInfo(token).json == expected)
        }
    }

    @Test("tells the children by scolarite, under identifiers of the sector (D10, SR-34)")
    func children() async throws {
        try await run(scope: "openid scolarite") { provider, token, _, parent async throws in
            let answer = try await provider.userInfo(token)
            guard case .array(let children)? = answer.json.member("children") else {
                Issue.record("no children")
                return
            }
            let id = try #require(
                try await provider.store.read {
                    try $0.subject(of: .child(parent.child.id), sector: "lsu.example.org")
                })
            let expected: JSON = [
                "id": .string(id), "given_name": "Alexis", "family_name": "DURAND",
                "level": "CE2", "uai": "0590001A", "school_name": "E.E.PU ROGER SALENGRO",
            ]
            #expect(children == [expected])
            #expect(!answer.text.contains("0123456789A") && !answer.text.contains("2017-03-02"))
        }
    }

    @Test("tells the national number and the birth date to clients entitled to them (SR-34)")
    func entitled() async throws {
        var policy = ClientPolicy()
        policy.entitlements = [.ine, .birthdate]
        try await run(scope: "openid scolarite", policy: policy) {
            provider, token, _, _ async throws in
            let text = try await provider.userInfo(token).text
            #expect(text.contains(#""ine":"0123456789A""#))
            #expect(text.contains(#""birthdate":"2017-03-02""#))
        }
    }

    @Test("names a child that came after the sign-in, and keeps its identifier")
    func laterChild() async throws {
        try await run(scope: "openid scolarite") { provider, token, _, parent async throws in
            let later = try await provider.test.makeChild("Cassandre", of: parent.guardian)
            let first = try await provider.userInfo(token)
            #expect(first.text.contains("Cassandre"))
            let id = try await provider.store.read {
                try $0.subject(of: .child(later.id), sector: "lsu.example.org")
            }
            #expect(id.map(first.text.contains) == true)
            #expect(try await provider.userInfo(token).body == first.body)
        }
    }

    @Test("tells a child no more from the moment its link ends")
    func endedLink() async throws {
        try await run(scope: "openid scolarite") { provider, token, _, parent async throws in
            let now = provider.now
            try await provider.store.write {
                try $0.upsert(
                    ChildLink(
                        guardian: parent.guardian.id, child: parent.child.id,
                        legalLevel: .representative, endedAt: now))
            }
            #expect(try await provider.userInfo(token).json.member("children") == .array([]))
        }
    }

    @Test("speaks the names of the ministry's partners by educonnect (D10)")
    func partners() async throws {
        try await run(scope: "openid educonnect") { provider, token, code, _ async throws in
            let expected: JSON = [
                "sub": .string(code.grant.subject), "FrEduCtId": .string(code.grant.subject),
                "FrEduCtPersonAffiliation": .array(["resp1d"]), "FrEduOrigAuth": "ECT",
                "FrEduCtDateConnexion": "2026-01-15 11:00:00.000", "civility": "Mme",
            ]
            #expect(try await provider.userInfo(token).json == expected)
        }
    }

    @Test(
        "writes moments as clocks in Paris show them, winter and summer",
        arguments: [
            (0, "1970-01-01 01:00:00.000"), (1_737_538_571.979, "2025-01-22 10:36:11.979"),
            (1_774_745_999, "2026-03-29 01:59:59.000"), (1_774_746_000, "2026-03-29 03:00:00.000"),
            (1_792_889_999, "2026-10-25 02:59:59.000"), (1_792_890_000, "2026-10-25 02:00:00.000"),
            (1_709_164_800, "2024-02-29 01:00:00.000"), (1_735_687_800, "2025-01-01 00:30:00.000"),
        ])
    func parisTime(_ seconds: Double, _ text: String) {
        #expect(ParisTime.text(Date(timeIntervalSince1970: seconds)) == text)
    }
}
