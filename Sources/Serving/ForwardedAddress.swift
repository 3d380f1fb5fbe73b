import HTTPTypes

/// Who asks, behind reverse proxies.
enum ForwardedAddress {
    /// The nearest address that isn't a trusted proxy: `peer` itself unless it is trusted, else the
    /// last entry of `X-Forwarded-For` that a trusted proxy wrote and isn't one. What stands before
    /// that entry was written by a stranger and is never looked at. An entry that isn't an address
    /// means that the chain can't be told: then it is `peer`.
    static func client(
        peer: NetworkAddress, headers: HTTPFields, trusted: [NetworkRange]
    ) -> NetworkAddress {
        guard isTrusted(peer, trusted) else { return peer }
        var nearest = peer
        for field in headers[values: .forwardedFor].reversed() {
            for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                guard let address = NetworkAddress(trimmed(entry)) else { return peer }
                nearest = address
                if !isTrusted(address, trusted) { return address }
            }
        }
        return nearest
    }

    static func isTrusted(_ address: NetworkAddress, _ trusted: [NetworkRange]) -> Bool {
        trusted.contains { $0.contains(address) }
    }

    private static func trimmed(_ entry: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var entry = entry.drop(while: isSpace)
        while let last = entry.last, isSpace(last) { entry.removeLast() }
        return String(entry)
    }
}
