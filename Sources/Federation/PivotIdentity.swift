import FoundationEssentials
import Tokens

/// What FranceConnect says about a person and a school's record can be compared with, as it came: names
/// keep their spelling. No other claim is read.
///
/// Any claim may be absent, since only those of the scopes asked for come, and an empty text counts
/// as absent; what is there must make sense. Nothing in it is a key of ours (SR-37): the same person
/// may come with other values tomorrow.
///
/// Source: FranceConnect's documentation of scopes.
public struct PivotIdentity: Sendable, Equatable {
    public enum Gender: String, Sendable { case male, female, unspecified }

    /// All first names, joined by spaces. Never to be split there: « Jean Philippe » may be one.
    public let givenName: String?
    /// The first names one by one; empty where FranceConnect doesn't give them.
    public let givenNameArray: [String]
    /// The name at birth; the school often knows the usage name only.
    public let familyName: String?
    /// The usage name, for those who have one.
    public let preferredUsername: String?
    public let gender: Gender?

    /// Throws `.pivotIdentity` with the name of the claim that is of another type, too long or
    /// nonsense.
    public init(_ claims: JSONMembers) throws(FederationError) {
        let reader = Reader(claims: claims)
        givenName = try reader.name("given_name", byteCountMax: Self.givenNamesByteCountMax)
        givenNameArray = try reader.names("given_name_array")
        familyName = try reader.name("family_name")
        preferredUsername = try reader.name("preferred_username")
        gender = try reader.value("gender", Gender.init)
    }

    /// A family or first name.
    public static let nameByteCountMax = 256
    public static let givenNamesByteCountMax = 1024
    public static let givenNameCountMax = 32

    private struct Reader {
        let claims: JSONMembers

        /// Nil where the claim is absent or empty.
        func value<Value>(
            _ name: String, byteCountMax: Int = 32, _ parse: (String) -> Value?
        ) throws(FederationError) -> Value? {
            guard let json = claims.member(name) else { return nil }
            guard let text = json.string else { throw .pivotIdentity(name) }
            if text.isEmpty { return nil }
            guard text.utf8.count <= byteCountMax, let value = parse(text) else {
                throw .pivotIdentity(name)
            }
            return value
        }

        func name(
            _ name: String, byteCountMax: Int = PivotIdentity.nameByteCountMax
        ) throws(FederationError) -> String? {
            try value(name, byteCountMax: byteCountMax) { Self.isName($0) ? $0 : nil }
        }

        /// Some people have no first name, so an empty one is left out.
        func names(_ name: String) throws(FederationError) -> [String] {
            guard let json = claims.member(name) else { return [] }
            guard case .array(let elements) = json,
                elements.count <= PivotIdentity.givenNameCountMax
            else { throw .pivotIdentity(name) }
            var names: [String] = []
            for element in elements {
                guard let text = element.string, text.utf8.count <= PivotIdentity.nameByteCountMax,
                    text.isEmpty || Self.isName(text)
                else { throw .pivotIdentity(name) }
                if !text.isEmpty { names.append(text) }
            }
            return names
        }

        private static func isName(_ text: String) -> Bool {
            isPrintable(text) && text.unicodeScalars.contains(where: \.properties.isAlphabetic)
        }

        /// No control and no invisible characters, which could make a page say something else.
        static func isPrintable(_ text: String) -> Bool {
            text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse,
                    .unassigned, .surrogate:
                    false
                default: true
                }
            }
        }
    }
}
