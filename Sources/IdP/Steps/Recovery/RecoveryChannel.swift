import Flow
import HTML
import Parents
import Tokens
import Web

/// ‹ par mail › or ‹ par SMS › (journeys.md §6 no. 22).
enum RecoveryChannel: String, Sendable {
    case mail
    case sms

    static let field = "channel"

    /// What was chosen; the mail, which everybody knows, where nothing was.
    init(_ form: Form) {
        self = form[Self.field].flatMap(RecoveryChannel.init(rawValue:)) ?? .mail
    }

    var words: String {
        switch self {
        case .mail: "par mail"
        case .sms: "par SMS"
        }
    }
}

/// Who helps where a screen can't (J-I-11, J-X-17, J-X-18; journeys.md §6 no. 27).
struct OtherHelp: Component {
    var markup: Markup {
        p(.class("hint")) {
            "Si vous n'y arrivez pas, le directeur de l'école de votre enfant peut vous remettre un "
            "nouveau courrier de notification. Vous pouvez aussi "
            a(
                .href(PublicPage.contact), .id("contact-link"), .targetBlank,
                .rel("noopener"), text: "contacter l'assistance")
            "."
        }
        NeedHelp(.lost)
    }
}
