/// Bytes that must not be seen: prints as `•••` wherever it is interpolated, dumped or mirrored,
/// and compares in constant time.
///
/// Source: security.md 2.53, SR-33.
public struct Secret: Sendable, Equatable {
    /// The bytes themselves. The name is long on purpose: a reviewer looks at each use.
    public let exposed: [UInt8]

    public init(_ bytes: [UInt8]) {
        exposed = bytes
    }

    public init(_ text: String) {
        exposed = Array(text.utf8)
    }

    /// The bytes as UTF-8 text; invalid sequences are replaced.
    public var text: String {
        String(decoding: exposed, as: UTF8.self)
    }

    public static func == (a: Secret, b: Secret) -> Bool {
        ConstantTime.equal(a.exposed, b.exposed)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    static let mask = "•••"

    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
