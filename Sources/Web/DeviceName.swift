/// What the owner of a session knows its browser by: « Firefox sur Windows ».
///
/// Of what a browser says of itself only names of these lists are kept, never its own words: they
/// would tell one person from millions, and stand in a page.
public enum DeviceName {
    /// Nil where neither browser nor system is one of the lists.
    ///
    /// - Parameter userAgent: the field `User-Agent` (RFC 9110 §10.1.5); what stands after its first half
    ///   kilobyte is not looked at.
    public static func of(userAgent: String?) -> String? {
        let text = String(decoding: (userAgent ?? "").utf8.prefix(512), as: UTF8.self)
        let browser = browsers.first { text.contains($0.mark) }?.name
        let system = systems.first { text.contains($0.mark) }?.name
        switch (browser, system) {
        case (let browser?, let system?): return "\(browser) sur \(system)"
        case (let name?, nil): return name
        case (nil, let name?): return "Navigateur sur \(name)"
        case (nil, nil): return nil
        }
    }

    // Most browsers name those that they resemble, too: the most particular mark comes first.
    private static let browsers: [(mark: String, name: String)] = [
        ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]
}
