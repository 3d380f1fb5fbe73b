import Synchronization

/// A mail server on a free loopback port that says what a test wants it to, and remembers what it was
/// told.
public final class SMTPStub: Sendable {
    private let listener: LoopbackListener
    private let dialogue: SMTPDialogue

    public var port: UInt16 { listener.port }
    public var url: String { "smtp://127.0.0.1:\(port)" }
    public var connections: Int { listener.connections }
    public var told: SMTPDialogue.Record { dialogue.told }

    /// - Parameter tlsPort: where to lead a connection after STARTTLS.
    public init(
        tlsPort: UInt16? = nil, _ script: @escaping SMTPDialogue.Script = { _ in nil }
    ) throws {
        let dialogue = SMTPDialogue(script)
        self.dialogue = dialogue
        listener = try LoopbackListener { connection in
            guard connection.write(Array("220 stub.example.org ESMTP\r\n".utf8)) else { return }
            var buffer: [UInt8] = []
            let end = dialogue.run {
                while true {
                    if let end = buffer.firstIndex(of: 10) {
                        let line = String(decoding: buffer[..<end], as: UTF8.self)
                        buffer.removeFirst(end + 1)
                        return line
                    }
                    guard connection.receive(&buffer) else { return nil }
                }
            } write: {
                connection.write(Array($0.utf8))
            }
            switch end {
            case .startTLS: if let tlsPort { connection.splice(to: tlsPort) }
            case .silence: while connection.receive(&buffer) {}
            case .closed: break
            }
        }
    }
}

/// The server's side of SMTP, over whatever carries its lines.
public final class SMTPDialogue: Sendable {
    public enum Reaction: Sendable {
        case reply(String)
        /// Takes the command and closes the connection without a word.
        case drop
        /// Never answers.
        case silence
    }

    /// Gets each command, and `.` at the end of a mail's content; nil: what a willing server says.
    public typealias Script = @Sendable (_ command: String) -> Reaction?

    /// What was told so far.
    public struct Record: Sendable {
        public var commands: [String] = []
        /// Whole contents, as they came.
        public var mails: [String] = []
    }

    public enum End: Sendable { case closed, startTLS, silence }

    private let script: Script
    private let record = Mutex(Record())

    public init(_ script: @escaping Script = { _ in nil }) { self.script = script }

    public var told: Record { record.withLock { $0 } }

    /// - Parameters:
    ///   - read: the next line, with or without its carriage return; nil at the end.
    ///   - write: a reply with its line end; false where nobody listens any more.
    public func run(read: () -> String?, write: (String) -> Bool) -> End {
        while let line = read()?.trimmingReturn {
            record.withLock { $0.commands.append(line) }
            switch script(line) ?? Self.willing(line) {
            case .drop: return .closed
            case .silence: return .silence
            case .reply(let reply):
                guard write(reply + "\r\n") else { return .closed }
                if line == "QUIT" { return .closed }
                if line == "STARTTLS", reply.hasPrefix("220") { return .startTLS }
                guard line == "DATA", reply.hasPrefix("354") else { continue }
                var content = ""
                while let line = read()?.trimmingReturn, line != "." { content += line + "\n" }
                record.withLock { $0.mails.append(content) }
                switch script(".") ?? .reply("250 2.0.0 Queued") {
                case .drop: return .closed
                case .silence: return .silence
                case .reply(let reply): guard write(reply + "\r\n") else { return .closed }
                }
            }
        }
        return .closed
    }

    private static func willing(_ command: String) -> Reaction {
        switch command.split(separator: " ").first {
        case "EHLO": .reply("250-stub.example.org\r\n250 AUTH PLAIN")
        case "AUTH": .reply("334 ")
        case "MAIL", "RCPT", "RSET": .reply("250 2.1.0 Ok")
        case "DATA": .reply("354 Go on")
        case "STARTTLS": .reply("220 Go on")
        case "QUIT": .reply("221 Bye")
        default: .reply("235 2.7.0 Welcome")  // the user and the password
        }
    }
}

extension String {
    fileprivate var trimmingReturn: String {
        utf8.last == 13 ? String(decoding: utf8.dropLast(), as: UTF8.self) : self
    }
}
