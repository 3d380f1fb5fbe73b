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
        var acknowledged: [Int] = []
        for round in 0..<rounds {
            try powerCut.reset()
            let environment = powerCut.environment(
                folder: folder.path, seed: chance ? UInt64(round) : nil, lyingDisk: lyingDisk)
            acknowledged += try await run(
                [path, "\(round * 10_000_000)", synchronous], environment, powerCut,
                after: 100 + round * 37 % 200)
            let store = try IdentityStore(sqlite: SQLiteOptions(path: path))
            let numbers = acknowledged
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
    ) async throws -> [Int] {
        let writer = Process()
        writer.executableURL = try Self.program()
        writer.arguments = arguments
        writer.environment = environment
        let pipe = Pipe()
        writer.standardOutput = pipe
        try writer.run()
        var numbers: [Int] = []
        for try await line in pipe.fileHandleForReading.bytes.lines {
            if let number = Int(line) { numbers.append(number) }
            if numbers.count == lines { try powerCut.cut() }
        }
        writer.waitUntilExit()
        try #require(writer.terminationStatus == PowerCut.exitStatus)
        return numbers
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
