import HTML

/// The parts of the frame around a page's content.
enum Frame {
    /// What stands in the `head` of every page.
    static let head = Markup.sequence([
        meta(.charsetUTF8),
        meta(.name("viewport"), .content("width=device-width, initial-scale=1")),
        meta(.name("robots"), .content("noindex")),
        meta(.name("theme-color"), .content("#000091")),
        link(.rel("stylesheet"), .href(StaticFiles.styleSheet.path)),
        link(.rel("icon"), .href(StaticFiles.icon.path)),
    ]).prerendered()

    /// What comes before the header.
    @MarkupBuilder static func opening(_ product: Layout.Product) -> Markup {
        a(.class("skip"), .href("#content"), text: "Aller au contenu")
        if let banner = product.banner {
            // All that is read stands in a landmark.
            section(.class("banner"), .ariaLabel("Avertissement")) { p(text: banner) }
        }
    }

    static func brand(_ product: Layout.Product) -> Markup {
        div(.class("brand")) {
            Artwork.mark
            a(.class("product"), .href(product.home), .id("home-link")) {
                span(.class("product-name"), text: product.name)
                span(.class("product-slogan"), text: product.slogan)
            }
        }
    }

    static func navigation(_ links: [Layout.Link], current: String?) -> Markup {
        nav(.class("tabs"), .ariaLabel("Menu principal")) {
            ul {
                for link in links {
                    li {
                        a(
                            .href(link.href), link.href == current ? .ariaCurrentPage : nil,
                            text: link.text)
                    }
                }
            }
        }
    }

    static func menu(_ user: Layout.UserMenu) -> Markup {
        div(.class("user"), .id("user-menu")) {
            p(.class("user-name")) {
                span(.id("user-name"), text: user.name)
                if let account = user.account {
                    a(.class("user-icon"), .href(account.href), .id("account-icon")) {
                        Artwork.person
                        span(.class("unseen"), text: account.text)
                    }
                }
            }
            if let detail = user.detail { p(.class("user-detail"), text: detail) }
            div(.class("user-links")) {
                for link in user.links {
                    a(.class("button button-quiet"), .href(link.href)) {
                        link.icon
                        link.text
                    }
                }
                if let signOut = user.signOut { signOut }
            }
        }
    }

    /// - Parameter beside: the links open another window, and say so (WCAG G201).
    static func closing(_ product: Layout.Product, beside: Bool) -> Markup {
        footer(.class("site-footer"), .role(.contentinfo)) {
            div(.class("footer-inside")) {
                Artwork.mark
                ul(.class("footer-links")) {
                    for link in product.footer {
                        li {
                            if beside {
                                a(
                                    .href(link.href), .targetBlank, .rel("noopener"),
                                    text: "\(link.text) (nouvelle fenêtre)")
                            } else {
                                a(.href(link.href), text: link.text)
                            }
                        }
                    }
                }
                p(.class("version"), .id("version"), text: product.version)
            }
        }
    }
}
