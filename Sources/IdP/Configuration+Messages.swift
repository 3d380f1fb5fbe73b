import FoundationEssentials
import Messages
import Outgoing
import Serving
import Tokens

extension Configuration {
    /// Where mails and SMS go. What is nil has no transport, and such messages wait.
    struct MessageSettings: Sendable {
        var mail: MailSettings?
        var sms: SMSSettings?
        var outbox: OutboxPageSettings?
    }

    struct MailSettings: Sendable {
        var server: SMTPServer
        var sender: MailSender
        var extraCA: String?
    }

    struct SMSSettings: Sendable {
        enum Gateway: Sendable {
            case kannel(url: String, user: String, password: HiddenText)
            case json(url: String, token: HiddenText?, JSONGateway.Members)
        }

        var gateway: Gateway
        var sender: SMSSender
        var extraCA: String?
    }

    /// Development: messages lie in a folder, and a page shows them.
    struct OutboxPageSettings: Sendable {
        /// 0: any free port.
        var port: Int
        var folder: String
    }
}

extension Configuration.MessageSettings {
    /// - Parameter isDevelopment: whether the issuer is plain http, which is on loopback only.
    init(_ reader: ConfigurationReader, dataFolder: String, isDevelopment: Bool) {
        mail = .read(reader)
        sms = .read(reader)
        let folder = reader.path("development.outboxFolder", default: dataFolder + "/outbox")
        guard reader.has("development.outboxPort") else { return }
        let port = reader.integer("development.outboxPort", in: 0...65_535, default: 0)
        if isDevelopment {
            outbox = Configuration.OutboxPageSettings(port: port, folder: folder)
        } else {
            let _: Never? = reader.note(
                "development.outboxPort", "is for an issuer on http://localhost only")
        }
    }

    /// What carries messages, and the folder that they lie in where there is a page for it.
    func transports() throws(CommandFailure) -> (Courier.Transports, OutboxFolder?) {
        if let outbox {
            guard let folder = try? OutboxFolder(outbox.folder) else {
                throw CommandFailure(
                    "the folder \(outbox.folder) can't be made: check its parent's owner and mode")
            }
            return (Courier.Transports(mail: folder, sms: folder), folder)
        }
        do {
            return (
                Courier.Transports(mail: try mail?.transport(), sms: try sms?.gatewayToUse()), nil
            )
        } catch {
            throw CommandFailure("mails or SMS can't be sent: \(error)")
        }
    }
}

extension Configuration.MailSettings {
    /// Nil without `mail.smtp`, or where something is wrong, which the reader's problems say.
    fileprivate static func read(_ reader: ConfigurationReader) -> Self? {
        let user = reader.has("mail.user") ? reader.string("mail.user") : nil
        let password = reader.secret("mail.password").map { HiddenText($0) }
        let startTLS = reader.bool("mail.startTLS", default: true)
        let extraCA = reader.has("mail.extraCA") ? reader.path("mail.extraCA") : nil
        guard reader.has("mail.smtp") else {
            _ = reader.string("mail.from", default: "")
            return nil
        }
        guard let url = reader.string("mail.smtp"), let from = reader.string("mail.from") else {
            return nil
        }
        guard let uri = try? URIReference(url), let host = uri.host, uri.query == nil,
            uri.fragment == nil, uri.scheme == "smtp" || uri.scheme == "smtps"
        else {
            return reader.note("mail.smtp", "must be smtp://host[:port] or smtps://host[:port]")
        }
        guard let address = MailAddress(from) else {
            return reader.note("mail.from", "must be an address such as noreply@example.org")
        }
        guard startTLS || host.isLocalhost || host.isLoopbackAddress else {
            return reader.note("mail.startTLS", "may be false on this machine's loopback only")
        }
        var credentials: SMTPServer.Credentials?
        if let user {
            guard let password else {
                return reader.note("mail.passwordFile", "or mail.passwordEnv is missing")
            }
            credentials = SMTPServer.Credentials(user: user, password: password)
        }
        return Self(
            server: SMTPServer(url: url, startTLS: startTLS, credentials: credentials),
            sender: MailSender(address: address), extraCA: extraCA)
    }

    fileprivate func transport() throws -> Mailer {
        var options = SMTPClient.Options()
        options.extraCAFile = extraCA
        options.concurrentMax = Courier.concurrentMax
        return Mailer(try SMTPClient(server, options), from: sender)
    }
}

extension Configuration.SMSSettings {
    /// Nil without a gateway, or where something is wrong, which the reader's problems say.
    fileprivate static func read(_ reader: ConfigurationReader) -> Self? {
        let extraCA = reader.has("sms.extraCA") ? reader.path("sms.extraCA") : nil
        let from = reader.string("sms.from", default: "EduConnect")
        let user = reader.has("sms.user") ? reader.string("sms.user") : nil
        let password = reader.secret("sms.password").map { HiddenText($0) }
        let token = reader.secret("sms.token").map { HiddenText($0) }
        let members = JSONGateway.Members(
            to: reader.string("sms.members.to", default: "to"),
            from: reader.string("sms.members.from", default: "from"),
            text: reader.string("sms.members.text", default: "text"))
        let kannel = reader.has("sms.kannel") ? reader.string("sms.kannel") : nil
        let json = reader.has("sms.json") ? reader.string("sms.json") : nil
        guard let sender = SMSSender(from) else {
            return reader.note("sms.from", "must be 3 to 11 letters or digits, not digits only")
        }
        if kannel != nil, json != nil {
            return reader.note("sms.json", "and sms.kannel exclude each other")
        }
        let gateway: Gateway
        if let kannel {
            guard Self.isGateway(kannel, "sms.kannel", reader) else { return nil }
            guard let user, let password else {
                return reader.note("sms.user", "and sms.passwordFile are missing")
            }
            gateway = .kannel(url: kannel, user: user, password: password)
        } else if let json {
            guard Self.isGateway(json, "sms.json", reader) else { return nil }
            guard Set([members.to, members.from, members.text]).count == 3 else {
                return reader.note("sms.members", "must be three different names")
            }
            gateway = .json(url: json, token: token, members)
        } else {
            return nil
        }
        return Self(gateway: gateway, sender: sender, extraCA: extraCA)
    }

    /// https, or plain http on loopback. Kannel's address has no query, since ours follows.
    private static func isGateway(
        _ text: String, _ path: String, _ reader: ConfigurationReader
    ) -> Bool {
        guard let uri = try? URIReference(text), let host = uri.host, uri.query == nil,
            uri.fragment == nil,
            uri.scheme == "https"
                || uri.scheme == "http" && (host.isLocalhost || host.isLoopbackAddress)
        else {
            let _: Never? = reader.note(
                path, "must be https://host/path without a query (http:// on this machine only)")
            return false
        }
        return true
    }

    fileprivate func gatewayToUse() throws -> any SMSGateway {
        var options = HTTPFetch.Options()
        options.extraCAFile = extraCA
        options.totalTimeout = .seconds(10)
        options.concurrentMax = Courier.concurrentMax
        options.responseBytesMax = 16 * 1024
        let http = try HTTPFetch(options)
        return switch gateway {
        case .kannel(let url, let user, let password):
            KannelGateway(url: url, user: user, password: password, from: sender, over: http)
        case .json(let url, let token, let members):
            JSONGateway(url: url, token: token, members: members, from: sender, over: http)
        }
    }
}
