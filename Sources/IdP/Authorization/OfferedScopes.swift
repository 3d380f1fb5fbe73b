import Tokens

/// The scopes that exist; `UserClaims` says what each gives. Others are ignored (RFC 6749 §3.3).
enum OfferedScopes {
    static let names = [
        Scope.openID, "profile", "email", "phone", "address", "scolarite", "educonnect",
        Scope.offlineAccess,
    ]
    static let all = Scope(names.joined(separator: " ")) ?? .empty
}
