/// A message about what has happened or what to do. Errors and warnings are announced at once
/// (`role=alert`), the others when the reader pauses (`role=status`).
public struct Notice: Component {
    public enum Kind: Sendable { case error, warning, success, information }

    var kind: Kind
    var title: String?
    var id: String?
    var content: Markup

    public init(_ kind: Kind, title: String? = nil, id: String? = nil, text: String) {
        self.init(kind, title: title, id: id) { p(text: text) }
    }

    public init(
        _ kind: Kind, title: String? = nil, id: String? = nil, @MarkupBuilder content: () -> Markup
    ) {
        self.kind = kind
        self.title = title
        self.id = id
        self.content = content()
    }

    public var markup: Markup {
        div(.class(className), .role(role), id.map(Attribute.id)) {
            p(.class("notice-title")) {
                // Colour alone tells nothing to those who don't see it (WCAG 1.4.1).
                span(.class("unseen"), text: spokenKind)
                if let title { " \(title)" }
            }
            content
        }
    }

    private var className: StaticString {
        switch kind {
        case .error: "notice notice-error"
        case .warning: "notice notice-warning"
        case .success: "notice notice-success"
        case .information: "notice notice-information"
        }
    }

    private var role: Attribute.Role {
        switch kind {
        case .error, .warning: .alert
        case .success, .information: .status
        }
    }

    private var spokenKind: String {
        switch kind {
        case .error: "Erreur\u{A0}:"
        case .warning: "Attention\u{A0}:"
        case .success: "Succès\u{A0}:"
        case .information: "Information\u{A0}:"
        }
    }
}

/// The errors of a form in one place, each a link to its field: « Nom : Champ obligatoire ».
public struct ErrorSummary: Component {
    /// One wrong field: its id, its label and what to do.
    public struct Entry: Sendable {
        var field: String
        var label: String
        var message: String

        /// - Parameter label: without the marks of its end, which say nothing here.
        public init(field: String, label: String, message: String) {
            self.field = field
            self.label = String(label.prefix { $0 != "*" })
            self.message = message
        }
    }

    var entries: [Entry]
    public init(_ entries: [Entry]) { self.entries = entries }

    public var markup: Markup {
        if !entries.isEmpty {
            Notice(.error, title: "Le formulaire contient des erreurs", id: "error-summary") {
                ul {
                    for entry in entries {
                        li {
                            a(
                                .href("#\(entry.field)"),
                                text: "\(entry.label)\u{A0}: \(entry.message)")
                        }
                    }
                }
            }
        }
    }
}

/// A large link: a child, a teleservice, a task. The whole tile is the target.
public struct Tile: Component {
    var title: String
    var href: String
    var detail: String?
    var id: String?
    var icon: Markup

    /// - Parameter icon: a decoration, hidden from screen readers.
    public init(
        title: String, href: String, detail: String? = nil, id: String? = nil, icon: Markup = .empty
    ) {
        self.title = title
        self.href = href
        self.detail = detail
        self.id = id
        self.icon = icon
    }

    public var markup: Markup {
        div(.class("tile")) {
            if !icon.isEmpty { span(.class("tile-icon"), .ariaHidden) { icon } }
            div(.class("tile-text")) {
                a(.class("tile-link"), .href(href), id.map(Attribute.id), text: title)
                if let detail { p(.class("hint"), text: detail) }
            }
        }
    }
}

/// Tiles side by side.
public struct TileGrid: Component {
    var content: Markup
    public init(@MarkupBuilder content: () -> Markup) { self.content = content() }
    public var markup: Markup { div(.class("tiles")) { content } }
}

/// Rows under headings, in a frame that scrolls sideways by itself where they don't fit; on a narrow
/// screen the cells of a row stand below each other.
public struct Table: Component {
    var caption: String
    var columns: [String]
    var rows: [[Markup]]
    var emptyText: String?
    var id: String?

    /// - Parameters:
    ///   - caption: what the table shows; always there, since it names the table to screen readers.
    ///   - rows: one cell a column; the first cell heads its row.
    ///   - emptyText: said instead where there are no rows.
    public init(
        caption: String, columns: [String], rows: [[Markup]], emptyText: String? = nil,
        id: String? = nil
    ) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.emptyText = emptyText
        self.id = id
    }

    public var markup: Markup {
        if rows.isEmpty, let emptyText {
            p(.class("empty"), text: emptyText)
        } else {
            // Focusable, so that the keyboard can scroll it (WCAG 2.1.1).
            div(.class("table-scroll"), .role(.region), .ariaLabel(caption), .tabindex(0)) {
                table(id.map(Attribute.id)) {
                    HTML.caption(text: caption)
                    thead { tr { for column in columns { th(.scope(.col), text: column) } } }
                    tbody { for row in rows { tr { cells(row) } } }
                }
            }
        }
    }

    @MarkupBuilder private func cells(_ row: [Markup]) -> Markup {
        for (index, cell) in row.enumerated() {
            if index == 0 {
                th(.scope(.row)) { cell }
            } else {
                // On a narrow screen the heading of the column stands before each cell.
                td(columns.indices.contains(index) ? .data("column", columns[index]) : nil) { cell }
            }
        }
    }
}

/// Names and values: « Identifiant : v.durant1 ».
public struct FactList: Component {
    var facts: [(term: String, value: Markup)]
    public init(_ facts: [(term: String, value: Markup)]) { self.facts = facts }
    public var markup: Markup {
        dl(.class("facts")) {
            for fact in facts {
                div {
                    dt(text: fact.term)
                    dd { fact.value }
                }
            }
        }
    }
}

/// « OU » between two ways.
public struct Separator: Component {
    var text: String
    public init(_ text: String) { self.text = text }
    public var markup: Markup { p(.class("separator")) { span(text: text) } }
}

/// Where a reader stands in a sequence of screens: « Étape 2 sur 4 ».
public struct StepIndicator: Component {
    var step: Int
    var count: Int
    var title: String

    public init(step: Int, of count: Int, title: String) {
        self.step = step
        self.count = count
        self.title = title
    }

    public var markup: Markup {
        div(.class("steps")) {
            p(.class("hint"), text: "Étape \(step) sur \(count)")
            p(.class("steps-title"), text: title)
            div(.class("steps-bar"), .ariaHidden) {
                for index in 1...max(count, 1) {
                    span(index <= step ? .class("done") : nil)
                }
            }
        }
    }
}

/// A framed part of a page, with a heading of its own.
public struct Card: Component {
    var heading: String?
    var id: String?
    var content: Markup

    public init(_ heading: String? = nil, id: String? = nil, @MarkupBuilder content: () -> Markup) {
        self.heading = heading
        self.id = id
        self.content = content()
    }

    public var markup: Markup {
        section(.class("card"), id.map(Attribute.id)) {
            if let heading { h2(text: heading) }
            content
        }
    }
}

/// A small page over a page: what stands behind must be `inert`. It is open as it comes, so that it
/// needs no script; the way back is a link in it.
public struct Dialog: Component {
    var heading: String
    var id: String
    var content: Markup

    public init(heading: String, id: String, @MarkupBuilder content: () -> Markup) {
        self.heading = heading
        self.id = id
        self.content = content()
    }

    public var markup: Markup {
        div(.class("veil")) {
            dialog(
                .class("dialog"), .open, .id(id), .aria("modal", "true"),
                .ariaLabelledBy("\(id)-heading")
            ) {
                h1(.id("\(id)-heading"), text: heading)
                content
            }
        }
    }
}

/// Links side by side, as under a form.
public struct LinkList: Component {
    var content: [Markup]

    public init(_ links: [Markup]) { content = links }

    public var markup: Markup {
        ul(.class("links")) { for link in content { li { link } } }
    }
}
