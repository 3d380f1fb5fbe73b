import FoundationEssentials
import Glibc
import Logging
import ServiceLifecycle
import Serving
import Store
import Synchronization
import Tokens

/// The door by which commands reach a running server: a socket in the data folder that only its
/// owner may open. One JSON line each way (D4, design §8).
final class ControlSocket: Service {
    private let path: String
    private let registrar: Registrar
    private let log: Logger
    private let listening: Int32

    /// A registration with its keys fits many times.
    static let lineByteCountMax = 256 * 1024
    private static let waitingMax: Int32 = 8

    /// Binds the socket; one that a killed server left behind is replaced.
    init(path: String, registrar: Registrar, log: Logger) throws {
        self.path = path
        self.registrar = registrar
        self.log = log
        unlink(path)
        listening = try LocalSocket.make()
        // Nobody else may connect between bind and chmod.
        let mask = umask(0o177)
        defer { umask(mask) }
        guard LocalSocket.withAddress(path, { bind(listening, $0, $1) }) == 0,
            listen(listening, Self.waitingMax) == 0
        else {
            close(listening)
            throw CommandFailure("the control socket \(path) can't be made: is the path too long?")
        }
    }

    func run() async throws {
        let (connections, continuation) = AsyncStream<Int32>.makeStream(
            bufferingPolicy: .bufferingOldest(Int(Self.waitingMax)))
        let listening = listening
        do {
            try PlainThread.start {
                while true {
                    let connection = accept(listening, nil, nil)
                    if connection < 0 && errno == EINTR { continue }
                    guard connection >= 0 else { break }
                    if case .dropped(let dropped) = continuation.yield(connection) {
                        close(dropped)
                    }
                }
                continuation.finish()
            }
        } catch {
            throw CommandFailure("the control socket can't be served: \(error)")
        }
        await withGracefulShutdownHandler {
            for await connection in connections { await serve(connection) }
        } onGracefulShutdown: {
            shutdown(listening, Int32(SHUT_RDWR))
        }
        close(listening)
        unlink(path)
    }

    private func serve(_ connection: Int32) async {
        defer { close(connection) }
        guard LocalSocket.isOwner(connection) else { return }
        // A command writes its line at once: whoever does not is cut off.
        LocalSocket.setTimeout(connection, seconds: 2)
        guard let line = LocalSocket.readLine(connection, max: Self.lineByteCountMax) else {
            return
        }
        LocalSocket.write(await answer(line).serialized() + [0x0A], to: connection)
    }

    private func answer(_ line: [UInt8]) async -> JSON {
        guard
            let request = try? JSON(parsing: line, limits: .init(byteCount: Self.lineByteCountMax)),
            let command = RegistryCommand(request)
        else {
            return ["failure": "the server does not know this command: is it an older version?"]
        }
        do {
            return .object(["result": try await registrar.run(command)])
        } catch {
            log.error("command failed", metadata: ["cause": "\(error)"])
            return .object(["failure": .string(EduConnect.sentence(of: error))])
        }
    }
}

/// Runs a command where the store is: in the server that holds it, or here.
struct CommandDoor {
    let configuration: Configuration
    /// Made once a process.
    private let environment: ServerEnvironment

    init(_ configuration: Configuration) {
        self.init(configuration, configuration.environment())
    }

    init(_ configuration: Configuration, _ environment: ServerEnvironment) {
        self.configuration = configuration
        self.environment = environment
    }

    func run(_ command: RegistryCommand) async throws -> JSON {
        if let answer = try ask(command) { return answer }
        let store = try configuration.openStore()
        try await configuration.prepare(store)
        let registrar = Registrar(
            store: store, environment: environment, development: !configuration.isSecure,
            desk: nil)
        do {
            let result = try await registrar.run(command)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// Nil where no server listens. Blocks its thread until the answer is there.
    func ask(_ command: RegistryCommand) throws -> JSON? {
        let socket = try LocalSocket.make()
        defer { close(socket) }
        let path = configuration.controlSocketPath
        guard LocalSocket.withAddress(path, { connect(socket, $0, $1) }) == 0 else { return nil }
        LocalSocket.setTimeout(socket, seconds: 60)
        LocalSocket.write(command.json.serialized() + [0x0A], to: socket)
        guard let line = LocalSocket.readLine(socket, max: ControlSocket.lineByteCountMax * 16),
            let answer = try? JSON(
                parsing: line, limits: .init(byteCount: ControlSocket.lineByteCountMax * 16))
        else { throw CommandFailure("the running server did not answer: see its log") }
        if let failure = answer.member("failure")?.string { throw CommandFailure(failure) }
        return answer.member("result") ?? .null
    }
}
