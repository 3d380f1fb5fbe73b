// swift-tools-version:6.2
import PackageDescription

// A package of its own, because everything in it, the parsers included, is built with sanitizers.
// `Fuzz/run` builds and runs it; see there.

/// The parsers by the product that holds them. Those of Serving are links to their one file, since
/// the whole of it would bring the HTTP server along.
let parsers = [
    "Tokens": [
        "AuthorizationHeader", "Base64URL", "ClientMetadata", "Claims", "Cookies", "Form", "JSON",
        "JWK", "JWS", "NetworkAddress", "OpaqueToken", "PasswordHash", "RedirectURI", "SealedBox",
    ],
    "Federation": ["PivotIdentity"],
    "Flow": [
        "AuthorizationRequest", "BirthDateEntry", "IdentityMatch", "Interaction",
        "MobileNumber", "PasswordRule",
    ],
    "Markdown": ["Markdown"],
    "Messages": ["KannelAnswer", "MailAddress"],
]

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "EduConnect", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
    ],
    targets: parsers.flatMap { product, names in
        names.map { name in
            .executableTarget(
                name: "Fuzz" + name,
                dependencies: [
                    .product(name: product, package: "EduConnect"),
                    .product(name: "Tokens", package: "EduConnect"),
                    .product(name: "HTTPTypes", package: "swift-http-types"),
                ],
                path: "Sources/\(name)",
                swiftSettings: [
                    .swiftLanguageMode(.v6),
                    // libFuzzer brings main; the file must not become one.
                    .unsafeFlags(["-parse-as-library"]),
                ])
        }
    }
)
