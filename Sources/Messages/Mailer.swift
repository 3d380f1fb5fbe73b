import Outgoing

/// Hands mails to the configured SMTP server.
public struct Mailer: MailTransport {
    private let client: SMTPClient
    private let sender: MailSender

    public init(_ client: SMTPClient, from sender: MailSender) {
        self.client = client
        self.sender = sender
    }

    public func send(_ mail: Mail, _ consignment: Consignment) async -> DeliveryOutcome {
        let ready: SMTPMail
        do throws(FetchError) {
            ready = try SMTPMail(
                from: sender.address.text, to: mail.to.text,
                content: MailEncoding.render(mail, from: sender, consignment))
        } catch {
            return .refused("too large")  // addresses are what they must be, by their type
        }
        do throws(FetchError) {
            return DeliveryOutcome(try await client.send(ready))
        } catch {
            return DeliveryOutcome(error)
        }
    }
}

extension DeliveryOutcome {
    init(_ answer: SMTPAnswer) {
        self =
            switch answer {
            case .accepted: .accepted
            case .refused(let code): .refused("smtp \(code)")
            case .tryLater(let code): .later("smtp \(code)")
            case .notAuthenticated(let code): .later("smtp \(code), the user or password is wrong")
            case .senderRefused(let code): .later("smtp \(code), this sender is not welcome")
            }
    }

    /// Without an answer nobody knows; another try may fare better, once an operator has mended what
    /// is wrong perhaps.
    init(_ error: FetchError) {
        self =
            switch error {
            case .invalidRequest(let detail): .later("can't be sent: \(detail)")
            case .tooLarge: .later("the answer is too large")
            case .forbiddenDestination: .later("plain text is for loopback only")
            case .unresolvedHost: .later("unresolved host")
            case .unreachable(let detail): .later("unreachable: \(detail)")
            case .timedOut: .later("timed out")
            case .untrusted(let detail): .later("untrusted: \(detail)")
            case .busy: .later("too many at once")
            case .cancelled: .later("interrupted")
            case .broken(let detail): .later("broken: \(detail)")
            }
    }
}
