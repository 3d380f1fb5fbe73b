import Glibc

/// Room on the disk for SQLite's log (`…-wal`), written before the database is opened.
///
/// A commit that makes the log longer also waits for the file system to note the new blocks, which
/// ext4 does on a thread of the kernel; while every core computes password hashes that thread waits
/// its turn, and one commit took 300 ms instead of 3. In blocks that were written before, a commit
/// is a write and nothing else.
///
/// Zeros behind the frames of a log are frames that SQLite does not take for its own, since their
/// checksums and salts are wrong; a log of zeros alone is an empty one.
enum LogReserve {
    private static let chunkByteCount = 1 << 20

    /// Makes the log of the database at least so long. The caller holds the database's lock, and
    /// nobody has it open.
    static func make(forDatabase path: String, byteCount: Int) throws {
        let log = path + "-wal"
        let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open", log) }
        defer { close(file) }
        let length = lseek(file, 0, SEEK_END)
        guard length >= 0 else { throw failure("measure", log) }
        var missing = byteCount - Int(length)
        let zeros = [UInt8](repeating: 0, count: chunkByteCount)
        while missing > 0 {
            let count = write(file, zeros, min(missing, chunkByteCount))
            guard count > 0 else { throw failure("lengthen", log) }
            missing -= count
        }
        guard fdatasync(file) == 0 else { throw failure("sync", log) }
    }

    private static func failure(_ action: String, _ log: String) -> StoreError {
        .unavailable(detail: "can't \(action) \(log): error \(errno)")
    }
}
