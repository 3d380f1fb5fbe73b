import CCurl
import Glibc

/// How far a conversation with a mail server has come: the last command that it was sent.
enum SMTPStage: Sendable {
    /// Greeting, EHLO, STARTTLS, AUTH.
    case opening
    case sender, recipient, content
}

extension SMTPServer {
    /// The URL to dial; its path is the name that EHLO says: the operator's, else the sender's domain.
    func target(from mail: SMTPMail) throws(FetchError) -> TargetURL {
        let target = try TargetURL(url, .mail)
        if !target.hasPath { try target.setPath("/" + mail.senderDomain) }
        return target
    }
}

extension Transfer {
    /// An idle connection is kept that long, in seconds: less than the five minutes that a server waits
    /// for the next command (RFC 5321 §4.5.3.2.7).
    private static let idleSecondsMax = 240

    func setUp(_ mail: SMTPMail, _ server: SMTPServer) throws(FetchError) {
        unsent = mail.content[...]
        try set(CURLOPT_PROTOCOLS_STR, TargetURL.Family.mail.protocols)
        // Required: a server without STARTTLS gets neither password nor mail (security.md 2.44).
        if server.startTLS { try set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let credentials = server.credentials {
            try set(CURLOPT_USERNAME, credentials.user)
            try set(CURLOPT_PASSWORD, credentials.password.exposed)
            try set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        try set(CURLOPT_MAXAGE_CONN, Self.idleSecondsMax)
        try set(CURLOPT_MAIL_FROM, "<\(mail.from)>")
        guard let list = curl_slist_append(nil, "<\(mail.to)>") else { throw .broken("recipient") }
        headerList = list
        try check(ccurl_set_list(easy, CURLOPT_MAIL_RCPT, list))
        try set(CURLOPT_UPLOAD, 1)
        try set(CURLOPT_INFILESIZE, mail.content.count)
        try setUpload()
    }

    /// The callbacks get an unretained `self`, as the others do.
    private func setUpload() throws(FetchError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try check(ccurl_set_pointer(easy, CURLOPT_READDATA, me))
        try check(ccurl_set_pointer(easy, CURLOPT_DEBUGDATA, me))
        try check(
            ccurl_set_data(easy, CURLOPT_READFUNCTION) { buffer, size, count, transfer in
                Transfer.at(transfer)?.upload(into: buffer, size * count) ?? 0
            })
        // libcurl tells by no other way which command a reply belongs to. Its text goes nowhere.
        try set(CURLOPT_VERBOSE, 1)
        try check(
            ccurl_set_debug(easy) { _, type, bytes, count, transfer in
                if type == CURLINFO_HEADER_OUT { Transfer.at(transfer)?.note(bytes, count) }
                return 0
            })
    }

    private func upload(into buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let buffer else { return 0 }
        let part = unsent.prefix(room)
        UnsafeMutableRawBufferPointer(start: buffer, count: room).copyBytes(from: part)
        unsent = unsent.dropFirst(part.count)
        return part.count
    }

    private func note(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) {
        guard let bytes else { return }
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        if line.starts(with: "MAIL ".utf8) {
            stage = .sender
        } else if line.starts(with: "RCPT ".utf8) {
            stage = .recipient
        } else if line.starts(with: "DATA".utf8) {
            stage = .content
        }
    }

    /// What the server said of the mail; nil where it got no say, so that the transport's own error
    /// tells.
    func mailAnswer(_ result: CURLcode) -> SMTPAnswer? {
        switch result {
        case CURLE_OK: return .accepted
        case CURLE_LOGIN_DENIED: return .notAuthenticated(code: responseCode ?? 0)
        // What libcurl makes of a refused command, greeting or content.
        case CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_REMOTE_ACCESS_DENIED:
            guard let code = responseCode, code >= 400 else { return nil }
            return SMTPAnswer(code: code, at: stage)
        default: return nil
        }
    }
}

extension SMTPAnswer {
    /// The meaning of a refusal. Only what the server says of the recipient and the content is about
    /// this mail; the rest is the operator's to mend (RFC 5321 §4.2.1, RFC 4954 §6).
    init?(code: Int, at stage: SMTPStage) {
        switch (code, stage) {
        case (400..<500, _): self = .tryLater(code: code)
        case (530, _), (534, _), (535, _), (538, _): self = .notAuthenticated(code: code)
        case (500..<600, .recipient), (500..<600, .content): self = .refused(code: code)
        case (500..<600, .opening), (500..<600, .sender): self = .senderRefused(code: code)
        default: return nil
        }
    }
}
