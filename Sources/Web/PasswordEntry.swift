import FoundationEssentials
import Tokens

/// Identifier and password as they were typed. Identifiers are trimmed and lower-cased (J §2.12);
/// passwords are taken as they are: no trimming, no folding, no cut (SR-41).
public struct PasswordEntry: Sendable {
    public enum Field {
        public static let identifier = "identifier"
        public static let password = "password"
    }

    public let identifier: String
    public let password: [UInt8]

    public static let identifierMax = 64

    /// Nil when a field is empty.
    public init?(_ form: Form) {
        guard let typed = form[Field.identifier], let identifier = Self.identifier(typed) else {
            return nil
        }
        self.init(form[Field.password] ?? "", of: identifier)
    }

    /// A password typed for an account that is known; nil when it is empty.
    ///
    /// - Parameter identifier: as it is stored.
    public init?(_ secret: String, of identifier: String) {
        guard !secret.isEmpty else { return nil }
        self.identifier = identifier
        let bytes = Array(secret.utf8)
        // Longer ones can't be right and would only cost time (security history 2.43).
        password = bytes.count <= PasswordHash.passwordByteCountMax ? bytes : []
    }

    /// As it is stored; nil for an empty field. What is too long for anything we ever gave out is not
    /// cut: it is another identifier, and nobody's.
    public static func identifier(_ typed: String) -> String? {
        var text = typed[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        guard !text.isEmpty else { return nil }
        return text.utf8.count <= identifierMax ? text.lowercased() : "-"
    }
}
