import Glibc
import Synchronization
import Tokens

/// What this machine can do at best, measured beside the server's figures.
struct Limits {
    var es256PerSecond = 0.0
    var rs256PerSecond = 0.0
    /// 4 KiB appended and synced, on the disk of the data folder.
    var syncsPerSecond = 0.0
    /// Argon2id with the provider's parameters, on both cores.
    var hashesPerSecond = 0.0

    /// Takes some eight seconds.
    static func measure(folder: String, openSSL: [String: Double]) throws -> Limits {
        Limits(
            es256PerSecond: openSSL["ecdsap256"] ?? 0, rs256PerSecond: openSSL["rsa2048"] ?? 0,
            syncsPerSecond: try syncs(folder: folder, seconds: 2),
            hashesPerSecond: hashes(seconds: 3))
    }

    private static func syncs(folder: String, seconds: Double) throws -> Double {
        let path = folder + "/sync-rate"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Server.Failure(description: "can't write in \(folder)") }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 7, count: 4096)
        let start = monotonic()
        let end = start + UInt64(seconds * 1e9)
        var count = 0
        while monotonic() < end {
            guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
                throw Server.Failure(description: "can't sync in \(folder)")
            }
            count += 1
        }
        return Double(count) / (Double(monotonic() - start) / 1e9)
    }

    private static func hashes(seconds: Double) -> Double {
        let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let start = monotonic()
        let end = start + UInt64(seconds * 1e9)
        let count = Atomic(0)
        let running = Atomic(processors)
        for index in 0..<processors {
            startThread {
                let salt = [UInt8](repeating: UInt8(index), count: PasswordHash.saltByteCount)
                while monotonic() < end {
                    guard (try? PasswordHash.hash(Array("Parent2026".utf8), salt: salt)) != nil
                    else { break }
                    count.add(1, ordering: .relaxed)
                }
                running.subtract(1, ordering: .sequentiallyConsistent)
            }
        }
        while running.load(ordering: .sequentiallyConsistent) > 0 { usleep(1000) }
        return Double(count.load(ordering: .relaxed)) / (Double(monotonic() - start) / 1e9)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        pthread_detach(thread)
    }
}
