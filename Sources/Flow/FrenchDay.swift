/// A day of the directory as people write it.
public enum FrenchDay {
    /// « 03/10/2010 » of `2010-10-03` (J-F-12); as it is where it has another form.
    public static func text(_ day: String) -> String {
        let parts = day.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return day }
        return parts.reversed().joined(separator: "/")
    }
}
