import HTML
import Messages

/// What a mail says, once: the plain part and the HTML part are two writings of it.
public struct MailText: Sendable {
    public enum Part: Sendable {
        case paragraph(String)
        /// An address, shown as it is so that it can be copied (J-C-31), after the words that lead to it.
        case link(String, after: String? = nil)
    }

    let subject: String
    /// Between the greeting and the signature, which every mail has (journeys.md §5).
    let parts: [Part]

    public init(subject: String, parts: [Part]) {
        self.subject = subject
        self.parts = parts
    }

    public func mail(to address: MailAddress) -> Mail {
        Mail(to: address, subject: subject, text: plain, html: document)
    }

    private static let signature = ["Cordialement,", "L'administrateur des services en ligne"]

    private var all: [Part] {
        [.paragraph("Bonjour,")] + parts + Self.signature.map(Part.paragraph)
    }

    private var plain: String {
        all.map { part in
            switch part {
            case .paragraph(let text): text
            case .link(let url, let words): words.map { "\($0) \(url)" } ?? url
            }
        }.joined(separator: "\n\n") + "\n"
    }

    /// Without image, style or any other address: nothing of it tells anybody that it was read.
    private var document: String {
        let page = HTML.document(lang: "fr") {
            head {
                meta(.charsetUTF8)
                title(text: subject)
            }
            body {
                for part in all {
                    switch part {
                    case .paragraph(let text): p(text: text)
                    case .link(let url, let words):
                        p {
                            if let words { words + " " }
                            a(.href(url), text: url)
                        }
                    }
                }
            }
        }
        return String(decoding: page.render(), as: UTF8.self)
    }
}
