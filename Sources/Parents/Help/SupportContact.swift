import Messages
import Serving
import Tokens

/// How parents reach the support team, as far as the operator says it (J-G-13).
public struct SupportContact: Sendable, Equatable {
    /// As people write it.
    public var phone: String?
    public var mail: MailAddress?
    /// A page with a form.
    public var page: String?
    /// When somebody answers, in words.
    public var hours: String?

    public init(
        phone: String? = nil, mail: MailAddress? = nil, page: String? = nil, hours: String? = nil
    ) {
        self.phone = phone
        self.mail = mail
        self.page = page
        self.hours = hours
    }

    public var isKnown: Bool { phone != nil || mail != nil || page != nil }
}

extension SupportContact {
    public init(_ reader: ConfigurationReader) {
        if reader.has("support.phone"), let text = reader.string("support.phone") {
            phone = Self.isPhone(text) ? text : reader.note("support.phone", "must be a number")
        }
        if reader.has("support.mail"), let text = reader.string("support.mail") {
            mail =
                MailAddress(text)
                ?? reader.note("support.mail", "must be an address such as help@example.org")
        }
        if reader.has("support.page"), let text = reader.string("support.page") {
            let isSecure = (try? URIReference(text))?.scheme == "https"
            page = isSecure ? text : reader.note("support.page", "must begin with https://")
        }
        hours = reader.has("support.hours") ? reader.string("support.hours") : nil
    }

    /// Digits, a plus, and what people put between them.
    private static func isPhone(_ text: String) -> Bool {
        text.contains { $0.isNumber } && text.allSatisfy { "+0123456789 .-()".contains($0) }
    }
}
