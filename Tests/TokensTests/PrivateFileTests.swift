import Foundation
import Testing

@testable import Tokens

@Suite("A private file")
struct PrivateFileTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "private-file-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test("is made once with its folder, for its owner alone, and leaves no draft")
    func made() throws {
        try inFolder { folder in
            let file = PrivateFile(folder + "/new/secret")
            #expect(!file.exists)
            try file.make([1, 2, 3])
            #expect(file.exists)
            #expect(try file.contents() == [1, 2, 3])
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try file.make([4])
            #expect(try file.contents() == [1, 2, 3], "what is there stays")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/new")
            #expect(names == ["secret"])
        }
    }

    @Test("is made by one of many at once, and is whole for all of them")
    func race() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "private-file-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let seen = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<32 {
                group.addTask {
                    let file = PrivateFile(folder + "/secret")
                    try file.make([UInt8](repeating: UInt8(number), count: 50_000))
                    return try file.contents()
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(seen.count == 1 && seen.first?.count == 50_000)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names == ["secret"])
    }

    @Test("is refused where others may read it, it is missing, no file, or too long")
    func refused() throws {
        try inFolder { folder in
            let file = PrivateFile(folder + "/secret")
            #expect(throws: PrivateFile.Failure.unreadable(file.path)) { try file.contents() }
            try file.make([UInt8](repeating: 7, count: PrivateFile.byteCountMax))
            #expect(try file.contents().count == PrivateFile.byteCountMax)
            for mode in [0o640, 0o604, 0o660, 0o601] {
                chmod(file.path, mode_t(mode))
                #expect(throws: PrivateFile.Failure.permissions(file.path)) {
                    try file.contents()
                }
            }
            let long = PrivateFile(folder + "/long")
            try long.make([UInt8](repeating: 7, count: PrivateFile.byteCountMax + 1))
            #expect(throws: PrivateFile.Failure.unreadable(long.path)) { try long.contents() }
            let pipe = PrivateFile(folder + "/pipe")
            mkfifo(pipe.path, 0o600)
            #expect(throws: PrivateFile.Failure.unreadable(pipe.path)) { try pipe.contents() }
            let nowhere = PrivateFile("/proc/nowhere/secret")
            #expect(throws: PrivateFile.Failure.unwritable(nowhere.path)) { try nowhere.make([]) }
        }
    }
}
