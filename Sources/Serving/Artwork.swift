import HTML

/// Drawings of our own: no official logo, and nothing that could pass for one.
public enum Artwork {
    /// The Republic's name and motto, set as text beside a tricolour bar.
    static let mark = Markup.literal(
        """
        <p class="mark"><span class="mark-bar" aria-hidden="true"></span>\
        <span class="mark-name">République<br>Française</span>\
        <span class="mark-motto">Liberté<br>Égalité<br>Fraternité</span></p>
        """)

    /// The program's sign in a browser's tab: an open door in blue.
    static let icon = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" \
        fill="#000091"/><path fill="#fff" d="M9 7h14v18H9zm2 2v14h10V9z"/><path fill="#fff" d="m11 9 7 3v14l-7-3z"/>\
        <circle cx="16" cy="18" r="1.2" fill="#000091"/></svg>
        """.utf8)

    // Decorations of tiles and buttons, 24 × 24, in the colour of the text around.

    /// A pupil.
    public static let child: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" \
        stroke-linejoin="round"><circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6z"/></svg>
        """)
    /// A school report.
    public static let book: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" \
        stroke-linejoin="round" stroke-linecap="round"><path d="M12 6.5C10 5 7 4.5 3.5 4.5v13c3.5 0 6.5.5 8.5 2 \
        2-1.5 5-2 8.5-2v-13c-3.5 0-6.5.5-8.5 2zm0 0v13"/></svg>
        """)
    /// A school.
    public static let school: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" \
        stroke-linejoin="round" stroke-linecap="round"><path d="M3 20.5h18M5 20.5v-9l7-4 7 4v9M12 7.5v-4h4v2h-4M10 \
        20.5v-4.5h4v4.5M8 13h.01M16 13h.01"/></svg>
        """)
    /// Somebody who is signed in.
    public static let person: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8" \
        stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="7.5" r="3.8"/>\
        <path d="M4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6z"/></svg>
        """)
    /// The way out.
    public static let power: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8" \
        stroke-linecap="round" aria-hidden="true"><path d="M12 3.5v8M7 6.3a8 8 0 1 0 10 0"/></svg>
        """)
    /// The way home.
    public static let home: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8" \
        stroke-linejoin="round" aria-hidden="true"><path d="M3.5 11.5 12 4l8.5 7.5M6 9.8v10h4.5v-6h3v6H18v-10"/></svg>
        """)
    /// An account.
    public static let key: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" \
        stroke-linejoin="round" stroke-linecap="round"><circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3"/></svg>
        """)
    /// A message.
    public static let letter: Markup = .literal(
        """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" \
        stroke-linejoin="round" stroke-linecap="round"><rect x="3" y="5.5" width="18" height="13" rx="1.5"/>\
        <path d="m3.5 6.5 8.5 7 8.5-7"/></svg>
        """)
}
