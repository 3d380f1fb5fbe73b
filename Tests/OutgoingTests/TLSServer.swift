import Foundation
import LoopbackSupport
import Testing

/// An `openssl s_server` of the test's own, with a certificate that a made-up authority signed. It
/// answers HTTP, or speaks for a mail server: what comes to it decrypted is told to `smtp`.
///
/// `@unchecked Sendable`: all is set by `init`.
final class TLSServer: @unchecked Sendable {
    let folder: URL
    let port: Int
    private let process = Process()

    init(name: String, smtp: SMTPDialogue? = nil, greets: Bool = false) throws {
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
        process.arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key",
            ] + (smtp == nil ? ["-www"] : [])
        let input = Pipe()
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = input
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
        guard let smtp else { return }
        let write = { @Sendable (text: String) in
            (try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))) != nil
        }
        if greets { _ = write("220 stub.example.org ESMTP\r\n") }
        Thread.detachNewThread {
            let lines = DecryptedLines(output.fileHandleForReading)
            _ = smtp.run(read: lines.next, write: write)
        }
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

/// The lines that a client sent, out of all that `s_server` prints.
private final class DecryptedLines {
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var isContent = false
    private var isPassword = false

    init(_ file: FileHandle) { self.file = file }

    func next() -> String? {
        while let line = nextLine() {
            if isContent {
                if line == "." { isContent = false }
                return line
            }
            let verbs = ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
            guard isPassword || verbs.contains(where: line.hasPrefix) else { continue }
            isPassword = line.hasPrefix("AUTH")
            isContent = line == "DATA"
            return line
        }
        return nil
    }

    private func nextLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = buffer[..<end].last == 13 ? buffer[..<(end - 1)] : buffer[..<end]
                let text = String(decoding: line, as: UTF8.self)
                buffer.removeFirst(end + 1)
                return text
            }
            let more = file.availableData
            guard !more.isEmpty else { return nil }
            buffer += more
        }
    }
}
