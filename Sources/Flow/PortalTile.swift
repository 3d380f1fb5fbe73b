import Store
import Tokens

/// A teleservice's place on the portal: whom it is for, and what opens it there (J §3.5, J-P-09). Written
/// by the operator, as the member `tile` of a client's rules.
public struct PortalTile: Sendable, Equatable {
    /// The sign beside the label.
    public enum Icon: String, Sendable, CaseIterable {
        case book, school, letter, key
    }

    /// Whose accounts a teleservice is for. Pupils have none yet (J-G-04).
    public enum AccountKind: String, Sendable, CaseIterable {
        case guardian, pupil
    }

    public var icon = Icon.school
    /// What the teleservice opens (`target_link_uri`): `{child}` stands for its identifier of the child.
    /// Nil: its first page.
    public var target: String?
    /// The levels of its pupils as the directory writes them, `CE2`; nil: all.
    public var levels: Set<String>?
    public var sectors = Set(SchoolSector.allCases)
    /// The codes (UAI) of its schools; nil: all.
    public var schools: Set<String>?
    public var accounts: Set<AccountKind> = [.guardian]

    static let child = "{child}"

    public init() {}

    /// Whether the service is open to this child of a guardian.
    public func isOpen(to child: ChildView) -> Bool {
        guard accounts.contains(.guardian) else { return false }
        if let levels {
            guard let level = child.schoolClass?.level, levels.contains(level.uppercased()) else {
                return false
            }
        }
        guard let school = child.school else {
            return schools == nil && sectors.count == SchoolSector.allCases.count
        }
        return sectors.contains(school.sector) && schools?.contains(school.uai) ?? true
    }

    /// Whether opening it tells the teleservice which child is meant.
    public var namesChild: Bool { target?.contains(Self.child) ?? false }

    /// - Parameter child: the teleservice's identifier of it.
    public func target(for child: String) -> String? {
        target?.replacing(Self.child, with: String(Form.encode([("", child)]).dropFirst()))
    }
}

extension PortalTile {
    /// An unknown member or value is an error, as in all rules of a client.
    init(_ members: JSONMembers) throws(JSONError) {
        let known: Set = ["icon", "target", "levels", "sectors", "schools", "accounts"]
        if let unknown = members.unknownMembers(besides: known).first {
            throw JSONError(.unknownMember, at: members.path(of: unknown), "not a rule of a tile")
        }
        if let text = try members.optionalString("icon") {
            icon = try Self.value(text, "icon", members)
        }
        target = try members.optionalString("target")
        if let target, (try? URIReference(target.replacing(Self.child, with: "x"))) == nil {
            throw JSONError(
                .invalidValue, at: members.path(of: "target"), "an address, with {child} or without"
            )
        }
        levels = try members.stringArray("levels").map { Set($0.map { $0.uppercased() }) }
        schools = try members.stringArray("schools").map(Set.init)
        if let names = try members.stringArray("sectors") {
            sectors = try Self.values(names, "sectors", members)
        }
        if let names = try members.stringArray("accounts") {
            accounts = try Self.values(names, "accounts", members)
        }
    }

    var json: JSON {
        var members: [String: JSON] = [
            "icon": .string(icon.rawValue),
            "sectors": .array(sectors.map(\.rawValue).sorted().map { .string($0) }),
            "accounts": .array(accounts.map(\.rawValue).sorted().map { .string($0) }),
        ]
        members["target"] = target.map { .string($0) }
        members["levels"] = levels.map { .array($0.sorted().map { .string($0) }) }
        members["schools"] = schools.map { .array($0.sorted().map { .string($0) }) }
        return .object(members)
    }

    private static func values<Value: RawRepresentable & CaseIterable & Hashable>(
        _ names: [String], _ member: String, _ members: JSONMembers
    ) throws(JSONError) -> Set<Value> where Value.RawValue == String {
        var values: Set<Value> = []
        for (index, name) in names.enumerated() {
            values.insert(try value(name, "\(member)[\(index)]", members))
        }
        return values
    }

    private static func value<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ member: String, _ members: JSONMembers
    ) throws(JSONError) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: name) else {
            throw JSONError(
                .invalidValue, at: members.path(of: member),
                "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }
}
