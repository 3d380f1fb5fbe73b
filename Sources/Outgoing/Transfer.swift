import CCurl
import Glibc

/// One easy handle, set up from a request, and what it has received so far. Confined to its thread.
final class Transfer {
    /// A header block beyond this ends the transfer.
    private static let headerBytesMax = 32 * 1024
    /// Where the system keeps its authorities, one file a hash, read on demand.
    private static let systemCAFolder = "/etc/ssl/certs"

    let job: TransferThread.Job
    let easy: UnsafeMutableRawPointer
    private let isForeign: Bool
    private let loopbackOnly: Bool
    private let loopbackAllowed: Bool
    private let bodyMax: Int

    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var url: OpaquePointer?
    private var headerBytes = 0
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isForbidden = false

    init(_ job: TransferThread.Job, _ options: HTTPFetch.Options) throws(FetchError) {
        let request = job.request
        let target = try TargetURL(request.url)
        isForeign = request.destination == .foreign
        loopbackOnly = !target.isSecure
        loopbackAllowed = !isForeign || options.foreignMayReachLoopback
        if loopbackOnly && !loopbackAllowed { throw .forbiddenDestination }
        guard let easy = curl_easy_init() else { throw .broken("no handle") }
        self.job = job
        self.easy = easy
        bodyMax = request.responseBytesMax ?? options.responseBytesMax
        url = target.release()
        try setUp(request, options)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_url_cleanup(url)
    }

    // MARK: Setting up

    private func setUp(_ request: OutgoingRequest, _ options: HTTPFetch.Options) throws(FetchError)
    {
        guard let url else { throw .broken("no URL") }
        try check(ccurl_set_url(easy, url))
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        // Also silences the environment's proxy, which would dial for us.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_USERAGENT, options.userAgent)
        try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        try set(CURLOPT_TIMEOUT_MS, options.totalTimeout.milliseconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = options.extraCAFile {
            try set(CURLOPT_CAINFO, file)
            try set(CURLOPT_CAPATH, Self.systemCAFolder)
        }
        if isForeign {
            // A connection opened for somebody else was checked by other rules.
            try set(CURLOPT_FRESH_CONNECT, 1)
            try set(CURLOPT_FORBID_REUSE, 1)
        }
        try setCallbacks()
        try setBody(request)
        try setHeaders(request)
    }

    private func setBody(_ request: OutgoingRequest) throws(FetchError) {
        guard request.method == .post else { return try set(CURLOPT_HTTPGET, 1) }
        try set(CURLOPT_POST, 1)
        try set(CURLOPT_POSTFIELDSIZE, request.body.count)
        // libcurl copies the bytes here; the size must be known before.
        let code = (request.body.isEmpty ? [0] : request.body).withUnsafeBytes { bytes in
            ccurl_set_pointer(
                easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
        try check(code)
    }

    private func setHeaders(_ request: OutgoingRequest) throws(FetchError) {
        // No pause for a "100 Continue" before larger bodies.
        var lines = ["Expect:"]
        for (name, value) in request.headers {
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else { throw .broken("headers") }
            headerList = longer
        }
        try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList))
    }

    /// The callbacks get an unretained `self`: the thread's table keeps it until the handle is
    /// removed.
    private func setCallbacks() throws(FetchError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try check(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, me))
        try check(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, me))
        try check(ccurl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, me))
        try check(
            ccurl_set_data(easy, CURLOPT_HEADERFUNCTION) { bytes, _, count, transfer in
                Transfer.at(transfer)?.receiveHeader(bytes, count) == true ? count : 0
            })
        try check(
            ccurl_set_data(easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, transfer in
                Transfer.at(transfer)?.receiveBody(bytes, count) == true ? count : 0
            })
        try check(
            ccurl_set_open_socket(easy) { transfer, _, address in
                guard let address, Transfer.at(transfer)?.mayConnect(address) == true else {
                    return -1
                }
                return ccurl_socket(address)
            })
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
        pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(FetchError) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(FetchError) {
        try check(ccurl_set_string(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(FetchError) {
        if code != CURLE_OK { throw .broken(String(cString: curl_easy_strerror(code))) }
    }

    // MARK: While it runs

    /// Called with the address after resolution, so that a rebinding name or a host written in
    /// decimals gains nothing.
    private func mayConnect(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        guard let ip = Self.networkAddress(address) else {
            isForbidden = true
            return false
        }
        let allowed: Bool
        if ip.isLoopback {
            allowed = loopbackAllowed
        } else {
            allowed = !loopbackOnly && (!isForeign || ip.isPublic)
        }
        if !allowed { isForbidden = true }
        return allowed
    }

    private static func networkAddress(
        _ address: UnsafeMutablePointer<curl_sockaddr>
    ) -> NetworkAddress? {
        guard let socketAddress = ccurl_address(address) else { return nil }
        let raw = UnsafeRawPointer(socketAddress)
        switch address.pointee.family {
        case AF_INET:
            var ip = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            return NetworkAddress(withUnsafeBytes(of: &ip) { Array($0) })
        case AF_INET6:
            var ip = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return NetworkAddress(withUnsafeBytes(of: &ip) { Array($0) })
        default:
            return nil
        }
    }

    private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
        guard let bytes, count <= bodyMax - body.count else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return true
    }

    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Bool {
        headerBytes += count
        guard let bytes, headerBytes <= Self.headerBytesMax else {
            isTooLarge = true
            return false
        }
        let line = String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers = []  // an interim answer came before
        } else if let colon = line.firstIndex(of: ":") {
            headers.append((line[..<colon].lowercased(), line[line.index(after: colon)...].trimmed))
        }
        return true
    }

    // MARK: At its end

    func outcome(of code: CURLcode) -> Result<OutgoingResponse, FetchError> {
        if isTooLarge { return .failure(.tooLarge) }
        switch code {
        case CURLE_OK:
            var status = 0
            guard ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK,
                (200...599).contains(status)
            else { return .failure(.broken("no HTTP status")) }
            return .success(OutgoingResponse(status: status, headers: headers, body: body))
        case CURLE_OPERATION_TIMEDOUT:
            return .failure(.timedOut)
        case CURLE_COULDNT_RESOLVE_HOST:
            return .failure(.unresolvedHost)
        case CURLE_COULDNT_CONNECT:
            return .failure(isForbidden ? .forbiddenDestination : .unreachable(Self.text(code)))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
            return .failure(.untrusted(Self.text(code)))
        default:
            return .failure(.broken(Self.text(code)))
        }
    }

    private static func text(_ code: CURLcode) -> String {
        String(cString: curl_easy_strerror(code))
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
