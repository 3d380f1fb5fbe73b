import ArgumentParser
import NIOCore
import Tokens

/// What is measured, in the order of the table.
enum Workload: String, CaseIterable, ExpressibleByArgument {
    case discovery, jwks
    case flowES256 = "flow-es256"
    case flowRS256 = "flow-rs256"
    case refresh
    case clientCredentials = "client-credentials"
    case userInfo = "userinfo"
    case introspection
    case portal, account
    case signIn = "sign-in"

    var title: String {
        switch self {
        case .discovery: "discovery"
        case .jwks: "JWK set"
        case .flowES256: "code flow, ES256"
        case .flowRS256: "code flow, RS256"
        case .refresh: "refresh"
        case .clientCredentials: "client_credentials"
        case .userInfo: "userinfo"
        case .introspection: "introspection"
        case .portal: "portal, 12 children"
        case .account: "account page"
        case .signIn: "password sign-in"
        }
    }

    /// Operations a second; nil where the target is another one.
    func target(_ limits: Limits) -> Double? {
        switch self {
        case .discovery, .jwks: 25_000
        case .flowES256:
            // 2,500 where ES256 is signed 38,000 times and the disk syncs 2,000 times a second.
            2_500 * min(limits.es256PerSecond / 38_000, limits.syncsPerSecond / 2_000)
        case .flowRS256, .portal, .account: nil
        case .refresh: 5_000
        case .clientCredentials: 8_000
        case .userInfo, .introspection: 12_000
        case .signIn: 0.9 * limits.hashesPerSecond
        }
    }

    /// Password hashes that wait beyond the server's queue are refused, so no more come at once.
    static let signInLines = 16

    func measure(_ bench: Bench, seconds: Double) throws -> Measurement {
        let (provider, requests) = (bench.provider, bench.provider.requests)
        let (sessions, gains, families) = (bench.sessions, bench.gains, bench.families)
        let browsers = bench.browsers
        switch self {
        case .discovery:
            return try bench.measure(seconds) { _ in
                PublishedDocument(requests, path: "/.well-known/openid-configuration")
            }
        case .jwks:
            return try bench.measure(seconds) { _ in PublishedDocument(requests, path: "/jwks") }
        case .flowES256, .flowRS256:
            let client = try bench.client(self == .flowES256 ? "es256" : "rs256")
            return try bench.measure(seconds) {
                CodeFlow(provider, client, session: sessions[$0], seed: $0)
            }
        case .refresh:
            let client = try bench.client("refresh")
            return try bench.measure(seconds) { Refresh(requests, client, families, family: $0) }
        case .clientCredentials:
            let client = try bench.client("service")
            return try bench.measure(seconds) { _ in ClientCredentials(requests, client) }
        case .userInfo:
            return try bench.measure(seconds) {
                UserInfo(requests, accessToken: gains[$0].accessToken, subject: gains[$0].subject)
            }
        case .introspection:
            let client = try bench.client("es256")
            return try bench.measure(seconds) {
                Introspection(
                    requests, client, accessToken: gains[$0].accessToken, subject: gains[$0].subject
                )
            }
        case .portal, .account:
            let isPortal = self == .portal
            return try bench.measure(seconds) {
                GuardianPage(
                    requests, path: isPortal ? "/portail" : "/compte", browser: browsers[$0],
                    services: isPortal ? Accounts.childrenOfFamily : 0)
            }
        case .signIn:
            let client = try bench.client("es256")
            let parents = bench.parents
            return try bench.measure(seconds, lines: Self.signInLines) {
                SignIn(provider, client, parents, seed: $0)
            }
        }
    }
}
