/// Latencies, counted in buckets whose width grows with the value: 64 to each doubling, so a
/// percentile is right to 1.6 %. Fixed in size, whatever is recorded.
struct Histogram {
    private static let bits = 6
    private static let perDoubling = 1 << bits
    /// Up to 2^40 ns, some eighteen minutes.
    private static let doublings = 41 - bits

    private var counts = [UInt32](repeating: 0, count: perDoubling * doublings)
    private(set) var count = 0
    private(set) var maximum: UInt64 = 0

    mutating func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
        maximum = max(maximum, nanoseconds)
    }

    /// The value that this share of what was recorded does not exceed; 0 when nothing was recorded.
    func percentile(_ share: Double) -> UInt64 {
        let wanted = Int((Double(count) * share).rounded(.up))
        guard wanted > 0 else { return 0 }
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += Int(count)
            if seen >= wanted { return min(Self.upperBound(of: bucket), maximum) }
        }
        return maximum
    }

    /// The first 64 values have a bucket each; then each doubling has 64.
    private static func bucket(of value: UInt64) -> Int {
        guard value >= UInt64(perDoubling) else { return Int(value) }
        let shift = 63 - bits - value.leadingZeroBitCount
        let bucket = (shift + 1) * perDoubling + Int(value >> UInt64(shift)) - perDoubling
        return min(bucket, perDoubling * doublings - 1)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= perDoubling else { return UInt64(bucket) }
        let shift = UInt64(bucket / perDoubling - 1)
        return (UInt64(bucket % perDoubling + perDoubling + 1) << shift) - 1
    }
}
