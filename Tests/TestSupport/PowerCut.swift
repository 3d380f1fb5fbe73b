import Foundation
import Store

/// The library of `Tests/Faults/PowerCut.c`: it takes from a process's files, at a moment of our
/// choice, all that was not synchronized, and ends it.
public struct PowerCut: Sendable {
    /// The status that the process ends with.
    public static let exitStatus: Int32 = 86

    private let library: String
    private let trigger: String
    private let folder: TemporaryFolder

    /// Compiles the library.
    public init() throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Faults/PowerCut.c").path()
        self.folder = try TemporaryFolder("power_cut")
        self.library = folder.path + "/powercut.so"
        self.trigger = folder.path + "/now"
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw PowerCutError.notCompiled }
    }

    public func remove() { folder.remove() }

    /// What a process needs in its environment so that its files below `folder` can lose their
    /// power.
    ///
    /// - Parameters:
    ///   - seed: With a seed each sector that was not synchronized is kept or lost by chance;
    /// without, all are lost.
    ///   - lyingDisk: Whether synchronizing does nothing.
    public func environment(
        folder: String, seed: UInt64? = nil, lyingDisk: Bool = false
    ) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = library
        environment["POWER_CUT_FOLDER"] = folder
        environment["POWER_CUT_TRIGGER"] = trigger
        environment["POWER_CUT_SEED"] = seed.map { "\($0)" }
        environment["POWER_CUT_LYING_DISK"] = lyingDisk ? "1" : nil
        // A backtrace of a process that ends on purpose only costs time.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return environment
    }

    /// Cuts the power now.
    public func cut() throws {
        try Data().write(to: URL(filePath: trigger))
    }

    /// Makes ready for the next round, when the process has ended.
    public func reset() throws {
        if FileManager.default.fileExists(atPath: trigger) {
            try FileManager.default.removeItem(atPath: trigger)
        }
    }
}

public enum PowerCutError: Error {
    case notCompiled
    case noProgram(String)
}

/// What `PowerCutWriter` writes under a number.
public struct WrittenRecord: Sendable {
    public let interaction: InteractionRecord

    public init(number: Int) {
        var bytes: [UInt8] = [0, 0]
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
        let start = Date(timeIntervalSince1970: 1_793_610_000)
        // A few kilobytes, so that the log is moved into the database several times a round.
        self.interaction = InteractionRecord(
            id: InteractionRecord.ID(at: start, random: bytes),
            browserHash: Array(repeating: 1, count: 32),
            state: Array(repeating: UInt8(truncatingIfNeeded: number), count: 3000),
            createdAt: start,
            expiresAt: start.addingTimeInterval(7200))
    }
}
