// swift-tools-version:6.2
import PackageDescription

/// A package of its own, because everything in it, the parsers included, is built with sanitizers.
/// `Fuzz/run` builds and runs it; see there.
let targets = [
    "Base64URL", "ClientMetadata", "Claims", "Form", "JSON", "JWK", "JWS", "OpaqueToken",
    "PasswordHash", "RedirectURI", "SealedBox",
]

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "EduConnect", path: "..")],
    targets: targets.map { name in
        .executableTarget(
            name: "Fuzz" + name,
            dependencies: [.product(name: "Tokens", package: "EduConnect")],
            path: "Sources/\(name)",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                // libFuzzer brings main; the file must not become one.
                .unsafeFlags(["-parse-as-library"]),
            ])
    }
)
