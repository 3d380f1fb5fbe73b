import HTML

/// T17: without a child nothing can be proved, and nothing would be shown.
public struct NoChild: Component {
    public init() {}

    public var markup: Markup {
        Notice(
            .warning, id: "no-child",
            text: "Aucun enfant n'est actuellement rattaché à votre compte. Contactez le directeur "
                + "d'école.")
    }
}
