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
        if typed.isEmpty {
            add(field, FieldWords.required)
        } else if let problem = rule.problem(of: typed, context: known) {
            add(field, problem, rule)
        } else if again.isEmpty {
            add(fieldAgain, FieldWords.required)
        } else if Array(typed.utf8) != Array(again.utf8) {
            add(fieldAgain, "Les deux mots de passe saisis ne sont pas identiques.")
        } else {
            return typed
        }
        return nil
    }
}
