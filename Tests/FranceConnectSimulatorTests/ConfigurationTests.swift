import Foundation
import Serving
import Testing
import Tokens

@testable import FranceConnectSimulator

/// The repository's own files.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite("The simulated FranceConnect's configuration")
struct ConfigurationTests {
    @Test("of the repository is EduConnect's registration")
    func shipped() throws {
        let file = root.appending(path: "config/franceconnect-simulator/simulator.json").path
        let configuration = try SimulatorConfiguration.read(file: file, misbehaves: false)
        #expect(configuration.issuer == "http://localhost:8082/api/v2")
        #expect(configuration.basePath == "/api/v2")
        #expect(configuration.port == 8082)
        #expect(!configuration.misbehaves)
        let client = try #require(configuration.clients.first)
        #expect(client.clientID == "educonnect")
        #expect(client.redirectURIs == ["http://localhost:8080/franceconnect/retour"])
        #expect(
            client.postLogoutRedirectURIs == ["http://localhost:8080/franceconnect/deconnexion"])
        #expect(client.algorithm == .es256)
        guard case .secretFile(let secret) = client.authentication else {
            Issue.record("EduConnect proves itself by a secret")
            return
        }
        #expect(secret.hasSuffix("var/franceconnect/client-secret"))
    }

    @Test("lists every error with its path, unknown members too")
    func strict() throws {
        let text = """
            {"issuer": "ftp://x/", "listen": {"host": "0.0.0.0", "port": 70000, "x": 1},
             "misbehave": true, "surprise": 1, "data": "d", "clients": [
              {"client_id": "a", "name": "A", "entity": "e", "redirect_uris": [],
               "post_logout_redirect_uris": ["http://example.org/"], "scope": "profile phone",
               "algorithm": "HS256", "clientSecretFile": "f", "jwks": {"keys": []}, "y": 1},
              7]}
            """
        do {
            _ = try SimulatorConfiguration(JSON(parsing: text), folder: "/nowhere")
            Issue.record("must be refused")
        } catch let errors as ConfigurationErrors {
            let paths = errors.errors.compactMap { $0.split(separator: ":").first.map(String.init) }
            for path in [
                "issuer", "listen.port", "listen.x", "listen.host", "surprise",
                "clients[0].redirect_uris", "clients[0].post_logout_redirect_uris[0]",
                "clients[0].scope", "clients[0].algorithm", "clients[0].clientSecretFile",
                "clients[0].y", "clients[1]",
            ] {
                #expect(paths.contains(path), "\(path)")
            }
        }
    }

    @Test("names secrets that are made at the first start, for their owner alone, and kept")
    func secrets() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "franceconnect-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "below/secret").path
        let made = try SecretFile.read(file) { [UInt8](repeating: 7, count: $0) }
        #expect(made.text == String(repeating: "07", count: 32))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try SecretFile.read(file) { [UInt8](repeating: 8, count: $0) } == made)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        #expect(throws: PrivateFile.Failure.permissions(file)) {
            try SecretFile.read(file) { [UInt8](repeating: 8, count: $0) }
        }
        let empty = folder.appending(path: "empty").path
        try PrivateFile(empty).make(Array("\n".utf8))
        #expect(throws: SecretFile.Empty(file: empty)) {
            try SecretFile.read(empty) { [UInt8](repeating: 8, count: $0) }
        }
    }

    @Test("gives every misbehaviour a place, and its own name")
    func misbehaviours() throws {
        for misbehaviour in Misbehaviour.allCases {
            #expect(!misbehaviour.places.isEmpty)
            #expect(Misbehaviour.help.contains(misbehaviour.rawValue))
            for place in misbehaviour.places where place != .keys {
                let order: JSON = [place.rawValue: .string(misbehaviour.rawValue)]
                #expect(try Conduct.State(order).json == order)
            }
        }
        #expect(throws: ConfigurationErrors.self) { try Conduct.State(["response": "html"]) }
    }
}
