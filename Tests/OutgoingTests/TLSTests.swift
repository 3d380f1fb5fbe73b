import Foundation
import Outgoing
import Testing

/// An `openssl s_server` of the test's own, with a certificate that a made-up authority signed.
private final class TLSServer {
    let folder: URL
    let port: Int
    private let process = Process()

    init(name: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "outgoing-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.openssl(
            folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Test"
        )
        try Self.openssl(
            folder,
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=s"
        )
        try "subjectAltName=\(name)".write(
            to: folder.appending(path: "ext"), atomically: true, encoding: .utf8)
        try Self.openssl(
            folder,
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 2 -extfile ext -out server.pem"
        )
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key",
            "-www",
        ]
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var text = ""
        var found: Int?
        while found == nil {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: more, as: UTF8.self)
            found = text.firstMatch(of: /ACCEPT [^ ]*:([0-9]+)\n/).flatMap { Int($0.1) }
        }
        port = found ?? 0
    }

    deinit {
        process.terminate()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func openssl(_ folder: URL, _ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}

@Suite("A call over TLS")
struct TLSTests {
    @Test("is answered where the extra authority signed the certificate, and by nobody else")
    func authority() async throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        let url = "https://127.0.0.1:\(server.port)/"
        var options = HTTPFetch.Options()
        options.extraCAFile = server.folder.appending(path: "ca.pem").path
        options.totalTimeout = .seconds(20)
        let trusting = try HTTPFetch(options)
        let answer = try await trusting.send(OutgoingRequest(.get, url))
        #expect(answer.status == 200)

        options.extraCAFile = nil
        let strict = try HTTPFetch(options)
        do throws(FetchError) {
            _ = try await strict.send(OutgoingRequest(.get, url))
            Issue.record("must be refused")
        } catch {
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("is refused where the certificate is for another name")
    func name() async throws {
        let server = try TLSServer(name: "DNS:example.org")
        var options = HTTPFetch.Options()
        options.extraCAFile = server.folder.appending(path: "ca.pem").path
        options.totalTimeout = .seconds(20)
        let fetch = try HTTPFetch(options)
        do throws(FetchError) {
            _ = try await fetch.send(OutgoingRequest(.get, "https://127.0.0.1:\(server.port)/"))
            Issue.record("must be refused")
        } catch {
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("needs a readable file of authorities")
    func missingFile() {
        var options = HTTPFetch.Options()
        options.extraCAFile = "/nonexistent/ca.pem"
        #expect(throws: FetchError.self) { try HTTPFetch(options) }
    }
}
