import Flow
import HTML

extension FieldErrors {
    /// A new password typed twice; nil, and the errors say why, unless the rule keeps it, nobody else
    /// would guess it, and both agree (J-C-16, J-F-03, SR-42, SR-43).
    ///
    /// - Parameters:
    ///   - field, fieldAgain: what the form calls them.
    ///   - known: what others know of this person.
    public mutating func newPassword(
        _ typed: String?, in field: String, again: String?, in fieldAgain: String,
        _ rule: PasswordRule, knownOfOwner known: PasswordContext
    ) -> String? {
        let (typed, again) = (typed ?? "", again ?? "")
        guard !typed.isEmpty else {
            add(field, FieldWords.required)
            return nil
        }
        let problem = rule.problem(of: typed, context: known)
        if let problem { add(field, problem, rule) }
        if again.isEmpty {
            add(fieldAgain, FieldWords.required)
        } else if problem == nil {
            if Array(typed.utf8) == Array(again.utf8) { return typed }
            add(fieldAgain, "Les deux mots de passe saisis ne sont pas identiques.")
        }
        return nil
    }
}
