import Flow
import HTML
import Tokens

/// The way on from a page where nothing is left to do: to the teleservice, where it is known and has
/// registered its address, or to our own first page, which names the teleservices (J §3.0.6).
public struct WayOn: Component {
    public static let home = "/"

    let text: String
    let href: String

    /// - Parameter label: instead of « Revenir à … ».
    public init(to client: RegisteredClient?, label: String? = nil) {
        if let client, let address = client.metadata.clientURI {
            text = label ?? "Revenir à «\u{A0}\(client.displayName)\u{A0}»"
            href = address
        } else {
            text = label ?? "Revenir à l'accueil"
            href = Self.home
        }
    }

    public var markup: Markup {
        ButtonRow { LinkButton(text, href: href, id: "way-on") }
    }
}
