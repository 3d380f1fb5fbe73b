/// An IP address as its bytes: 4 or 16.
struct NetworkAddress: Equatable, Sendable {
    let bytes: [UInt8]

    /// nil unless there are 4 or 16 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The IPv4 address inside `::ffff:a.b.c.d`, or the address itself.
    private var unmapped: NetworkAddress {
        guard bytes.count == 16, bytes[0..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF,
            bytes[11] == 0xFF,
            let inner = NetworkAddress(Array(bytes[12...]))
        else { return self }
        return inner
    }

    /// 127.0.0.0/8, ::1 and the mapped form of the former.
    var isLoopback: Bool {
        let address = unmapped.bytes
        if address.count == 4 { return address[0] == 127 }
        return address[0..<15].allSatisfy { $0 == 0 } && address[15] == 1
    }

    /// Reachable over the public Internet, as the IANA special-purpose registries have it (RFC
    /// 6890): neither loopback, private, link-local (with the metadata services of clouds), shared,
    /// documentation, benchmark, multicast nor reserved, and no tunnel that could hide such an
    /// address.
    var isPublic: Bool {
        let address = unmapped.bytes
        return address.count == 4 ? Self.isPublicIPv4(address) : Self.isPublicIPv6(address)
    }

    private static func isPublicIPv4(_ address: [UInt8]) -> Bool {
        switch (address[0], address[1], address[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (192, 0, 0),
            (192, 0, 2),
            (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113), (224...255, _, _):
            false
        case (100, let second, _):
            !(64...127).contains(second)
        case (172, let second, _):
            !(16...31).contains(second)
        case (_, _, _):
            true
        }
    }

    private static func isPublicIPv6(_ address: [UInt8]) -> Bool {
        // NAT64 (RFC 6052) carries an IPv4 address, which decides.
        let nat64: [UInt8] = [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if address[0..<12].elementsEqual(nat64) { return isPublicIPv4(Array(address[12...])) }
        guard address[0] & 0xE0 == 0x20 else { return false }  // global unicast is 2000::/3
        switch (address[0], address[1]) {
        case (0x20, 0x01):
            // 2001::/23 holds Teredo, ORCHID and other protocol assignments, 2001:db8::/32
            // documentation.
            return address[2] > 0x01 && !(address[2] == 0x0D && address[3] == 0xB8)
        case (0x20, 0x02):
            return false  // 6to4
        case (0x3F, 0xFF):
            return address[2] & 0xF0 != 0  // 3fff::/20, documentation
        case (_, _):
            return true
        }
    }
}
