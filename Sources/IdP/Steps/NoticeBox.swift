import Flow
import HTML
import Parents
import Web

/// What a screen with the ways to sign in says of what has just happened elsewhere.
struct NoticeBox: Component {
    private let notice: Interaction.Notice
    /// Whom the notice is about; nil where it could be one of several.
    private let provider: String?

    init(_ notice: Interaction.Notice, provider: String?) {
        self.notice = notice
        self.provider = provider
    }

    var markup: Markup {
        Notice(notice == .signedOut ? .success : .error, id: "sign-in-notice") {
            p {
                words
                if needsSupport {
                    " "
                    // Beside the form.
                    a(
                        .href(PublicPage.contact), .id("contact-link"), .targetBlank,
                        .rel("noopener"), text: "Contactez l'assistance.")
                }
            }
        }.markup
    }

    private var ofProvider: String { provider.map { " " + $0 } ?? "" }

    /// Whether nobody else can help.
    private var needsSupport: Bool { notice == .upstreamTaken || notice == .upstreamClosed }

    private var words: String {
        switch notice {
        case .signedOut:
            "Vous êtes déconnecté. Si vous utilisez un ordinateur partagé, fermez aussi toutes les "
                + "fenêtres du navigateur."
        case .provisionalExpired: FieldWords.provisionalExpired
        case .upstreamFailed:
            "La connexion avec \(provider ?? "le service choisi") n'a pas abouti. Veuillez réessayer."
        case .upstreamUnavailable:
            "\(provider ?? "Le service choisi") n'est pas disponible pour le moment. Vous pouvez utiliser vos "
                + "identifiants EduConnect ou réessayer plus tard."
        case .upstreamTaken:
            "Cette identité\(ofProvider) est déjà liée à un autre compte."
        case .upstreamClosed:
            "Le compte lié à cette identité\(ofProvider) n'est plus utilisable."
        case .upstreamOtherPerson:
            "Les nom et prénom de cette identité\(ofProvider) ne sont pas ceux que l'école connaît de "
                + "vous\u{A0}: elle n'a pas été liée à votre compte. S'ils ont changé, prévenez le "
                + "directeur de l'école de votre enfant."
        case .alreadyActive: Interaction.Notice.alreadyActiveWords
        }
    }
}
