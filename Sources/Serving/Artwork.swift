import HTML

/// Drawings of our own: no official logo, and nothing that could pass for one.
enum Artwork {
    /// « RÉPUBLIQUE FRANÇAISE – Liberté Égalité Fraternité » set as text beside a tricolour bar.
    static let mark = Markup.literal(
        """
        <p class="mark"><span class="mark-bar" aria-hidden="true"></span>\
        <span class="mark-name">République<br>Française</span>\
        <span class="mark-motto">Liberté<br>Égalité<br>Fraternité</span></p>
        """)

    static let icon = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" \
        fill="#000091"/></svg>
        """.utf8)
}
