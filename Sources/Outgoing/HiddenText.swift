/// A password or token that goes out with a call, and is to be seen nowhere else: prints as `•••`
/// wherever it is interpolated, dumped or mirrored. (What `Secret` is where Tokens is known.)
///
/// Source: security.md 2.53, SR-33.
public struct HiddenText: Sendable {
    /// The text itself. Each use is for what is sent.
    public let exposed: String

    public init(_ text: String) {
        exposed = text
    }
}

extension HiddenText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
