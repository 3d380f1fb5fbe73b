import FoundationEssentials
import Glibc
import Store

/// What a made-up row is, so that equal numbers give different keys.
enum SampleKind: UInt64 {
    case account = 1, session, grant, code, accessToken, refresh
}

/// Bytes that look random (SplitMix64 of kind and number).
func bytes(_ kind: SampleKind, _ number: Int, count: Int) -> [UInt8] {
    var state =
        kind.rawValue &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(bitPattern: Int64(number))
        &* 0x9E37_79B9_7F4A_7C15
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            word ^= word >> 31
            for _ in 0..<min(8, count - filled) {
                buffer[filled] = UInt8(truncatingIfNeeded: word)
                word >>= 8
                filled += 1
            }
        }
    }
}

/// Keys grow with their numbers, a millisecond every ten, as those of a busy server do.
func id<Row>(_ kind: SampleKind, _ number: Int) -> RowID<Row> {
    RowID(
        at: Date(timeIntervalSince1970: 1_793_610_000 + Double(number / 10) / 1000),
        random: bytes(kind, number, count: 10))
}

func reference(_ kind: SampleKind, _ number: Int) -> SecretReference {
    let selector: RowID<Grant> = id(kind, number)
    guard
        let reference = SecretReference(
            selector: selector.bytes, hash: bytes(kind, ~number, count: 32))
    else {
        preconditionFailure("16 and 32 bytes")
    }
    return reference
}

func successor(_ number: Int, _ generation: Int64) -> [UInt8] {
    bytes(.refresh, number &* 1_000_003 &+ Int(generation), count: 32)
}

/// CPU microseconds of this process so far, its own and the system's for it.
func usage() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
}

func format(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

/// How often a second 4 KiB can be appended and synchronized here.
func synchronizationsPerSecond(_ path: String) throws -> Int {
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw BenchmarkError.unexpected }
    defer { close(descriptor) }
    let page = [UInt8](repeating: 7, count: 4096)
    let begin = ContinuousClock.now
    var count = 0
    while ContinuousClock.now - begin < .seconds(2) {
        guard write(descriptor, page, page.count) == page.count, fdatasync(descriptor) == 0 else {
            throw BenchmarkError.unexpected
        }
        count += 1
    }
    return count / 2
}
