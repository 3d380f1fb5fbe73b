import HTML

/// The frame that every page of a program stands in: the mark and the product's name, its navigation
/// and user menu, the content, the footer (J §3.0.7, §3.0.8).
public struct Layout: Sendable {
    /// A text and where it leads.
    public struct Link: Sendable {
        public var text: String
        public var href: String
        /// A decoration before the text.
        public var icon: Markup

        public init(_ text: String, _ href: String, icon: Markup = .empty) {
            self.text = text
            self.href = href
            self.icon = icon
        }
    }

    /// The program whose pages these are.
    public struct Product: Sendable {
        /// As its header shows it: « EDUCONNECT ».
        public var name: String
        public var slogan: String
        /// The path of its first page.
        public var home: String
        /// « v1.27.0 »
        public var version: String
        /// « Contact », « Mentions légales », « Aide ».
        public var footer: [Link]
        /// Where « l'assistance » is named.
        public var contact: String?
        /// Said above every page of an installation that isn't the real one.
        public var banner: String?

        public init(
            name: String, slogan: String, home: String, version: String, footer: [Link],
            contact: String? = nil, banner: String? = nil
        ) {
            self.name = name
            self.slogan = slogan
            self.home = home
            self.version = version
            self.footer = footer
            self.contact = contact
            self.banner = banner
        }
    }

    /// Who is signed in, and their ways on.
    public struct UserMenu: Sendable {
        /// « Mme DURANT Valéry »
        public var name: String
        /// « Dernière connexion le 30/11/2017 à 12:38:08 »
        public var detail: String?
        public var links: [Link]
        /// Where the icon beside the name leads.
        public var account: Link?
        /// Signing out changes something, so it is a form.
        public var signOut: PostForm?

        public init(
            name: String, detail: String? = nil, links: [Link] = [], account: Link? = nil,
            signOut: PostForm? = nil
        ) {
            self.name = name
            self.detail = detail
            self.links = links
            self.account = account
            self.signOut = signOut
        }

        /// The form of `signOut`, with its button.
        public static func signOutForm(action: String, hidden: [HiddenField]) -> PostForm {
            PostForm(action: action, id: "sign-out", hidden: hidden) {
                button(
                    .class("button button-quiet"), .buttonType(.submit), .id("sign-out-button")
                ) {
                    Artwork.power
                    "Se déconnecter"
                }
            }
        }
    }

    /// How wide the content may grow.
    public enum Width: Sendable {
        /// One form.
        case narrow
        /// Texts and tiles.
        case normal
        /// Tables.
        case wide

        var className: StaticString {
            switch self {
            case .narrow: "content content-narrow"
            case .normal: "content"
            case .wide: "content content-wide"
            }
        }
    }

    public let product: Product
    private let opening: Markup
    private let brand: Markup
    private let closing: Markup
    private let closingBeside: Markup

    public init(product: Product) {
        self.product = product
        opening = Frame.opening(product).prerendered()
        brand = Frame.brand(product).prerendered()
        closing = Frame.closing(product, beside: false).prerendered()
        closingBeside = Frame.closing(product, beside: true).prerendered()
    }

    /// A whole page.
    ///
    /// - Parameters:
    ///   - title: of the window; the product's name follows it.
    ///   - head: what this page alone has in its `head`.
    ///   - keepsForm: the page holds a form that leaving would lose, so the footer's links open beside
    ///     it.
    ///   - navigation: the tabs of the program; `current` is the address of the one shown.
    ///   - dialog: what stands over everything else, which is then inert.
    public func page(
        title: String, width: Width = .normal, head: Markup = .empty, keepsForm: Bool = false,
        navigation: [Link] = [], current: String? = nil, user: UserMenu? = nil,
        dialog: Markup = .empty, @MarkupBuilder content: () -> Markup
    ) -> Markup {
        let content = content()
        let page = Markup.sequence([
            opening,
            HTML.header(.class("site-header"), .role(.banner)) {
                div(.class("header-inside")) {
                    brand
                    if let user { Frame.menu(user) }
                }
            },
            navigation.isEmpty ? .empty : Frame.navigation(navigation, current: current),
            main(.class(width.className), .id("content"), .tabindex(-1)) { content },
            keepsForm ? closingBeside : closing,
        ])
        return document(lang: "fr") {
            HTML.head {
                Frame.head
                HTML.title(text: "\(title) – \(product.name)")
                head
            }
            body {
                if dialog.isEmpty {
                    page
                } else {
                    div(.class("behind"), .inert) { page }
                    dialog
                }
            }
        }
    }
}
