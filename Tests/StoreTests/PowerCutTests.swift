import Foundation
import Store
import TestSupport
import Testing

/// Source: security.md 5.2; the end-to-end suite does the same with the whole server.
@Suite("After a power cut", .serialized)
struct PowerCutTests {
    /// Runs the writer on one file, round after round, and counts the acknowledged writes that are
    /// gone.
    private func lost(
        rounds: Int, synchronous: String, chance: Bool, lyingDisk: Bool = false
    ) async throws -> (
        lost: Int, acknowledged: Int
    ) {
        let powerCut = try PowerCut()
        defer { powerCut.remove() }
        let folder = try TemporaryFolder("store")
        defer { folder.remove() }
        let path = folder.path + "/store.sqlite"
        let empty = try IdentityStore(sqlite: SQLiteOptions(path: path))
        try await empty.migrate()
        await empty.close()
        var acknowledged: [Int] = []
        for round in 0..<rounds {
            try powerCut.reset()
            let environment = powerCut.environment(
                folder: folder.path, seed: chance ? UInt64(round) : nil, lyingDisk: lyingDisk)
            // Now and then long enough for the log to be moved into the database meanwhile.
            let lines = 100 + round * 37 % 200 + (round % 5 == 4 ? 3000 : 0)
            acknowledged += try run(
                [path, "\(round * 10_000_000)", synchronous], environment, powerCut, after: lines)
            let numbers = acknowledged
            let store = try IdentityStore(sqlite: SQLiteOptions(path: path))
            let gone = try await store.read { reader in
                try numbers.filter { number in
                    let record = WrittenRecord(number: number).interaction
                    return try reader.interaction(record.id) != record
                }
            }
            await store.close()
            if !gone.isEmpty { return (gone.count, acknowledged.count) }
        }
        return (0, acknowledged.count)
    }

    /// What the writer acknowledged until its power was cut, that many lines after its first.
    private func run(
        _ arguments: [String], _ environment: [String: String], _ powerCut: PowerCut,
        after lines: Int
    ) throws -> [Int] {
        let writer = Process()
        writer.executableURL = try Self.program()
        writer.arguments = arguments
        writer.environment = environment
        let pipe = Pipe()
        writer.standardOutput = pipe
        try writer.run()
        var said = Data()
        var isCut = false
        while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty {
            said.append(more)
            if !isCut, said.count(where: { $0 == UInt8(ascii: "\n") }) >= lines {
                try powerCut.cut()
                isCut = true
            }
        }
        writer.waitUntilExit()
        try #require(writer.terminationStatus == PowerCut.exitStatus)
        return String(decoding: said, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
    }

    /// The program beside the tests' own.
    private static func program() throws -> URL {
        let tests = URL(
            filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let program = tests.deletingLastPathComponent().appending(path: "PowerCutWriter")
        guard FileManager.default.isExecutableFile(atPath: program.path()) else {
            throw PowerCutError.noProgram(program.path())
        }
        return program
    }

    @Test(
        "nothing that was acknowledged is lost, whatever the disk kept of the rest",
        arguments: [false, true])
    func full(chance: Bool) async throws {
        let outcome = try await lost(rounds: 25, synchronous: "full", chance: chance)
        #expect(outcome.lost == 0)
        #expect(outcome.acknowledged > 25 * 100)
    }

    @Test("something is lost without synchronization: the test can fail")
    func off() async throws {
        let unsafe = try await lost(rounds: 25, synchronous: "off", chance: false)
        #expect(unsafe.lost > 0)
        let lying = try await lost(rounds: 25, synchronous: "full", chance: false, lyingDisk: true)
        #expect(lying.lost > 0)
    }
}
