/// Why a call got no usable answer. The detail is for logs.
public enum FetchError: Error, Equatable, Sendable {
    /// The URL, a header or the body can't be sent.
    case invalidRequest(String)
    /// The host leads to an address that this destination may not reach, or to plain http beyond
    /// loopback.
    case forbiddenDestination
    case unresolvedHost
    case unreachable(String)
    case timedOut
    /// The certificate can't be verified, or TLS fails.
    case untrusted(String)
    /// Body or headers exceed their bound.
    case tooLarge
    /// Too many calls are under way.
    case busy
    case cancelled
    /// The connection broke, or the peer doesn't speak HTTP.
    case broken(String)
}
