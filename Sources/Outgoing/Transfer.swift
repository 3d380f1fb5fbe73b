import CCurl
import Glibc

/// One easy handle, set up from an order, and what it has received so far. Confined to its thread.
final class Transfer {
    enum Order: Sendable {
        case call(OutgoingRequest)
        case mail(SMTPMail, SMTPServer)
    }

    enum Outcome: Sendable {
        case response(OutgoingResponse)
        case mail(SMTPAnswer)
    }

    typealias Result = Swift.Result<Outcome, FetchError>

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

    var headerList: UnsafeMutablePointer<curl_slist>?
    private var url: OpaquePointer?
    private var headerBytes = 0
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isForbidden = false
    /// Of a mail: what of it is still to be sent, and the last command.
    var unsent: ArraySlice<UInt8> = []
    var stage = SMTPStage.opening

    init(_ job: TransferThread.Job, _ options: HTTPFetch.Options) throws(FetchError) {
        let target: TargetURL
        switch job.order {
        case .call(let request):
            target = try TargetURL(request.url)
            isForeign = request.destination == .foreign
            loopbackOnly = !target.isSecure
            bodyMax = request.responseBytesMax ?? options.responseBytesMax
        case .mail(let mail, let server):
            target = try server.target(from: mail)
            isForeign = false
            loopbackOnly = !target.isSecure && !server.startTLS
            bodyMax = 0
        }
        loopbackAllowed = !isForeign || options.foreignMayReachLoopback
        if loopbackOnly && !loopbackAllowed { throw .forbiddenDestination }
        guard let easy = curl_easy_init() else { throw .broken("no handle") }
        self.job = job
        self.easy = easy
        url = target.release()
        try setUp(options)
        switch job.order {
        case .call(let request): try setUp(request, options)
        case .mail(let mail, let server): try setUp(mail, server)
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_url_cleanup(url)
    }

    // MARK: Setting up

    /// What holds for every order.
    private func setUp(_ options: HTTPFetch.Options) throws(FetchError) {
        guard let url else { throw .broken("no URL") }
        try check(ccurl_set_url(easy, url))
        try set(CURLOPT_NOSIGNAL, 1)
        // Also silences the environment's proxy, which would dial for us.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.milliseconds)
        try set(CURLOPT_TIMEOUT_MS, options.totalTimeout.milliseconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let file = options.extraCAFile {
            try set(CURLOPT_CAINFO, file)
            try set(CURLOPT_CAPATH, Self.systemCAFolder)
        }
        try setCallbacks()
    }

    private func setUp(_ request: OutgoingRequest, _ options: HTTPFetch.Options) throws(FetchError)
    {
        try set(CURLOPT_PROTOCOLS_STR, TargetURL.Family.web.protocols)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_USERAGENT, options.userAgent)
        if isForeign {
            // A connection opened for somebody else was checked by other rules.
            try set(CURLOPT_FRESH_CONNECT, 1)
            try set(CURLOPT_FORBID_REUSE, 1)
        }
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

    static func at(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
        pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    func set(_ option: CURLoption, _ value: Int) throws(FetchError) {
        try check(ccurl_set_long(easy, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(FetchError) {
        try check(ccurl_set_string(easy, option, value))
    }

    func check(_ code: CURLcode) throws(FetchError) {
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

    func outcome(of code: CURLcode) -> Result {
        if isTooLarge { return .failure(.tooLarge) }
        if case .mail = job.order, let answer = mailAnswer(code) { return .success(.mail(answer)) }
        switch code {
        case CURLE_OK:
            guard let status = responseCode, (200...599).contains(status) else {
                return .failure(.broken("no HTTP status"))
            }
            return .success(
                .response(OutgoingResponse(status: status, headers: headers, body: body)))
        case CURLE_OPERATION_TIMEDOUT:
            return .failure(.timedOut)
        case CURLE_COULDNT_RESOLVE_HOST:
            return .failure(.unresolvedHost)
        case CURLE_COULDNT_CONNECT:
            return .failure(isForbidden ? .forbiddenDestination : .unreachable(Self.text(code)))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER,
            CURLE_USE_SSL_FAILED:
            return .failure(.untrusted(Self.text(code)))
        default:
            return .failure(.broken(Self.text(code)))
        }
    }

    /// The status of an HTTP answer, the code of the last SMTP reply; nil where there was none.
    var responseCode: Int? {
        var code = 0
        guard ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK, code > 0 else {
            return nil
        }
        return code
    }

    static func text(_ code: CURLcode) -> String {
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
