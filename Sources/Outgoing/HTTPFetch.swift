/// The one door out for HTTP: every call bounded in time, size and destination, TLS verified,
/// redirects never followed, no proxy, no cookies, no compression.
///
/// All transfers run on one thread of its own, so that no caller's thread ever blocks.
public final class HTTPFetch: OutgoingHTTP {
    public struct Options: Sendable {
        /// From the first packet to the end of the TLS handshake, resolution included.
        public var connectTimeout: Duration = .seconds(2)
        /// From call to the last byte of the answer.
        public var totalTimeout: Duration = .seconds(5)
        public var responseBytesMax = 64 * 1024
        /// Calls under way at once; one more is `.busy`, so that a slow partner can't pile up
        /// memory.
        public var concurrentMax = 64
        /// A PEM file of authorities trusted besides the system's.
        public var extraCAFile: String?
        /// Development and tests only: `.foreign` URLs may lead to loopback, by http too.
        public var foreignMayReachLoopback = false
        public var userAgent = "EduConnect"

        public init() {}
    }

    private let thread: TransferThread

    /// Throws `.invalidRequest` where the CA file can't be read, `.broken` where libcurl can't
    /// start.
    public init(_ options: Options = Options()) throws(FetchError) {
        thread = try TransferThread(options)
        try thread.start()
    }

    deinit { thread.stop() }

    /// Carries out the call. Any HTTP status is an answer; only its absence is an error.
    public func send(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse {
        if let problem = request.problem { throw .invalidRequest(problem) }
        guard case .response(let response) = try await thread.run(.call(request)) else {
            throw .broken("not an HTTP answer")
        }
        return response
    }
}
