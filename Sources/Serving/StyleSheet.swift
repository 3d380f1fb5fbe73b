/// The one style sheet of all programs.
enum StyleSheet {
    static let bytes: [UInt8] = []
}
