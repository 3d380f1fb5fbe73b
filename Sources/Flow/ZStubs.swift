import Store
public struct PivotNames: Sendable, Equatable {
    public var familyName: String
    public var preferredUsername: String?
    public var givenNames: [String]?
    public var givenName: String
    public var gender: String?
    public init(familyName: String, preferredUsername: String?, givenNames: [String]?, givenName: String, gender: String?) {
        self.familyName = familyName; self.preferredUsername = preferredUsername; self.givenNames = givenNames; self.givenName = givenName; self.gender = gender
    }
}
public enum PasswordStanding: Sendable, Equatable { case none, own, provisional(expired: Bool), mustChange }
extension PasswordStanding { public init(of account: Account) { self = account.passwordHash != nil ? .own : .none } }
