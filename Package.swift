// swift-tools-version:6.2
import PackageDescription

/// Swift 6 mode everywhere; a member reached through a transitive import does not compile, so that
/// the graph below is the truth about who knows whom.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A C library: a header of static inline wrappers and a module map, no logic of ours.
func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: strict)
}

func program(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources,
        swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources,
        swiftSettings: strict)
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "EduConnect",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "educonnect", targets: ["IdP"]),
        .executable(name: "lsu", targets: ["LSU"]),
        .executable(name: "franceconnect-simulator", targets: ["FranceConnectSimulator"]),
        // What strangers' and operators' input is parsed with, for the fuzzers.
        .library(name: "Tokens", targets: ["Tokens"]),
        .library(name: "Flow", targets: ["Flow", "Store"]),
        .library(name: "Federation", targets: ["Federation"]),
        .library(name: "Messages", targets: ["Messages", "Outgoing"]),
        .library(name: "Markdown", targets: ["Markdown", "HTML"]),
    ],
    dependencies: [
        // The HTTP server: its plain product only, so that no TLS, HTTP/2 or client code is built.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        // Event loops, sockets and byte buffers under Hummingbird, named because Serving touches them.
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        // Header names and methods as types, shared by the server and our middleware.
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        // The logging front end that Hummingbird and ServiceLifecycle already speak.
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // One group for the listener, the courier and the sweeper, stopped in order on SIGTERM.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // Subcommands, help texts and exit statuses of `educonnect`.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        // What the system provides.
        cLibrary("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        // OpenSSL 3.0 has no Argon2.
        cLibrary("CArgon2", pkgConfig: "libargon2", apt: "libargon2-dev"),
        cLibrary("CJansson", pkgConfig: "jansson", apt: "libjansson-dev"),
        cLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        // The store of several nodes.
        cLibrary("CPostgreSQL", pkgConfig: "libpq", apt: "libpq-dev"),
        // All that goes out: HTTP and SMTP.
        cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        // Printed documents.
        cLibrary("CPangoCairo", pkgConfig: "pangocairo", apt: "libpango1.0-dev"),
        // QR codes of letters and of second factors: the library that all of Debian's tools use.
        cLibrary("CQREncode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        // CommonMark's own reference parser: what operators write for parents.
        cLibrary("CCommonMark", pkgConfig: "libcmark", apt: "libcmark-dev"),

        // What our programs share.
        module("Tokens", ["COpenSSL", "CArgon2", "CJansson"]),
        module("Store", ["CSQLite", "CPostgreSQL"]),
        module("Outgoing", ["CCurl"]),
        // Mails and SMS as values, and their transports.
        module("Messages", ["Outgoing"]),
        module("Print", ["CPangoCairo", "CQREncode"]),
        module("HTML"),
        // Texts of operators as typed markup.
        module("Markdown", ["CCommonMark", "HTML"]),
        module(
            "Serving",
            [
                "Tokens", "HTML", hummingbird, nioCore, nioPosix, nioHTTP1, httpTypes, logging,
                lifecycle,
            ]),
        module("Federation", ["Tokens", "Outgoing"]),

        // The identity provider.
        module("Flow", ["Tokens", "Store"]),
        module(
            "Web",
            [
                "Serving", "Flow", "Store", "Tokens", "HTML", "Messages", hummingbird, httpTypes,
                logging, lifecycle,
            ]),
        // What parents see besides signing in: portal, account, mails, help.
        module(
            "Parents",
            [
                "Web", "Serving", "Flow", "Store", "Tokens", "HTML", "Markdown", "Messages",
                hummingbird, httpTypes, logging, lifecycle,
            ]),
        program(
            "IdP",
            [
                "Parents", "Web", "Flow", "Serving", "Store", "Federation", "Messages", "Outgoing",
                "Tokens",
                "HTML",
                hummingbird, nioCore, nioPosix, httpTypes,
                logging, lifecycle, arguments,
            ],
            resources: [.embedInCode("Demonstration/families.json")]),

        // The first teleservice: a relying party that never sees the provider's code.
        program(
            "LSU",
            [
                "Serving", "Federation", "Tokens", "HTML", "Print", "Outgoing", hummingbird,
                httpTypes, logging, lifecycle,
            ]),

        // A strict upstream for the demonstration and for tests.
        program(
            "FranceConnectSimulator",
            [
                "Serving", "Tokens", "HTML", hummingbird, nioCore, nioPosix, httpTypes, logging,
                lifecycle,
            ],
            resources: [.embedInCode("identities.json")]),

        // The load generator of `make bench`: it sees the store only while the server is stopped: to make parents and messages.
        .executableTarget(
            name: "Load",
            dependencies: ["Tokens", "Store", "Messages", "Web", nioCore, nioPosix, arguments],
            path: "Benchmarks/Load", swiftSettings: strict),

        // Tests: a suite a module; TestSupport holds the databases and a desk to test on.
        .target(
            name: "TestSupport",
            dependencies: [
                "Web", "Flow", "Serving", "Store", "Messages", "Tokens", hummingbird, nioCore,
                httpTypes, logging,
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "LoopbackSupport", dependencies: [nioCore, nioPosix, nioHTTP1],
            path: "Tests/LoopbackSupport", swiftSettings: strict),
        tests("TokensTests", ["Tokens"]),
        tests("HTMLTests", ["HTML"]),
        tests("MarkdownTests", ["Markdown", "HTML"]),
        // A program that writes until a fault layer cuts its power.
        .executableTarget(
            name: "PowerCutWriter", dependencies: ["Store", "TestSupport"],
            path: "Tests/PowerCutWriter", swiftSettings: strict),
        tests("StoreTests", ["Store", "TestSupport", "PowerCutWriter"]),
        tests("FlowTests", ["Flow", "Store", "Tokens"]),
        tests(
            "ServingTests",
            [
                "Serving", "HTML", "Tokens", hummingbird, nioCore, nioPosix, nioHTTP1, httpTypes,
                logging, lifecycle,
            ]),
        tests("OutgoingTests", ["Outgoing", "LoopbackSupport"]),
        tests("MessagesTests", ["Messages", "Outgoing", "LoopbackSupport"]),
        tests("PrintTests", ["Print"]),
        tests("FederationTests", ["Federation", "Tokens", "Outgoing"]),
        tests(
            "LSUTests",
            [
                "LSU", "Serving", "Federation", "Tokens", "HTML", "Print", "Outgoing",
                "LoopbackSupport",
                hummingbird, httpTypes, logging,
            ]),
        tests(
            "FranceConnectSimulatorTests",
            [
                "FranceConnectSimulator", "Serving", "Tokens", "HTML", hummingbird, nioCore,
                httpTypes, logging,
            ]),
        tests(
            "IdPTests",
            [
                "IdP", "Parents", "TestSupport", "LoopbackSupport", "Web", "Flow", "Serving",
                "Store",
                "Federation", "Messages", "Outgoing", "Tokens", "HTML",
                hummingbird, nioCore, httpTypes, logging, lifecycle,
            ]),

        // These read the tree itself.
        tests("TidyTests"),
    ]
)
