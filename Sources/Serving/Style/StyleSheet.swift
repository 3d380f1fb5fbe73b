/// The one style sheet of all programs: mobile first, one column, no image and no font to load.
///
/// Text stands out from its ground by 4.5 : 1 at least and controls by 3 : 1 (WCAG 2.2 AA); the
/// colours are measured by a test. It lives in source files, so that a program is one file.
enum StyleSheet {
    static let parts: [StaticString] = [foundation, frame, text, controls, blocks, print]

    static let bytes: [UInt8] = parts.flatMap { part in part.withUTF8Buffer { Array($0) } }
}
