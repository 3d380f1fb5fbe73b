import Glibc

/// An IPv4 or IPv6 address. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 one, so
/// that nobody counts twice.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    enum Storage: Hashable, Sendable {
        case v4(UInt32)
        case v6(UInt64, UInt64)
    }

    let storage: Storage

    init(v4 value: UInt32) { storage = .v4(value) }

    init(v6 high: UInt64, _ low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        storage = isMapped ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high, low)
    }

    /// Reads the textual forms of RFC 4291 §2.2 and dotted IPv4, nothing else: no port, zone or
    /// brackets. `nil` for anything else.
    public init?(_ text: String) {
        // inet_pton stops at a NUL, which would read only the beginning of a forged value.
        guard (2...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let halves = withUnsafeBytes(of: &v6) { bytes in  // 16 bytes in network order
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        self.init(v6: UInt64(bigEndian: halves.0), UInt64(bigEndian: halves.1))
    }

    /// 127.0.0.1, for requests made in process.
    public static let loopback = NetworkAddress(v4: 0x7F00_0001)

    /// What limits count by: the IPv4 address, or the /56 network of an IPv6 one, since that is what a
    /// household is given (RIPE-690), and it may use a new address for each request.
    public var networkKey: String {
        switch storage {
        case .v4: description
        case .v6(let high, _):
            Self.groups(of: high & Self.householdMask).joined(separator: ":") + "::/56"
        }
    }

    static let householdMask: UInt64 = ~0xFF

    /// Dotted IPv4, or IPv6 as eight groups without shortening.
    public var description: String {
        switch storage {
        case .v4(let value):
            [24, 16, 8, 0].map { String((value >> $0) & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            (Self.groups(of: high) + Self.groups(of: low)).joined(separator: ":")
        }
    }

    private static func groups(of half: UInt64) -> [String] {
        [48, 32, 16, 0].map { String((half >> $0) & 0xFFFF, radix: 16) }
    }
}

/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
public struct NetworkRange: Hashable, Sendable {
    private let base: NetworkAddress
    private let prefix: Int

    /// `nil` unless an address, with or without a prefix length that fits its kind.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let base = NetworkAddress(String(first)) else { return nil }
        let width =
            switch base.storage {
            case .v4: 32
            case .v6: 128
            }
        self.base = base
        guard parts.count == 2 else {
            prefix = width
            return
        }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let prefix = Int(parts[1]), prefix <= width
        else { return nil }
        self.prefix = prefix
    }

    public func contains(_ address: NetworkAddress) -> Bool {
        switch (base.storage, address.storage) {
        case (.v4(let base), .v4(let other)):
            return prefix == 0 || (base ^ other) >> UInt32(32 - prefix) == 0
        case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
            if prefix <= 64 {
                return prefix == 0 || (high ^ otherHigh) >> UInt64(64 - prefix) == 0
            }
            return high == otherHigh && (low ^ otherLow) >> UInt64(128 - prefix) == 0
        case (.v4, .v6), (.v6, .v4):
            return false
        }
    }
}
