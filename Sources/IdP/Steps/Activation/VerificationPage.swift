import Flow
import FoundationEssentials
import HTML
import Parents
import Serving
import Store
import Web

/// The screen of `VerificationStep`.
struct VerificationPage: Page {
    let form: StepForm
    let subject: ActivationSubject
    /// The last one is the present.
    let years: ClosedRange<Int>
    var entry: VerificationStep.Entry?
    /// What is wrong with the date as a whole.
    var error: String?
    var missing = FieldErrors()
    /// Above the form: too many tries.
    var message: String?

    init(_ subject: ActivationSubject, _ context: StepContext) {
        form = context.form
        self.subject = subject
        let year = ParisTime.year(context.now)
        years = year - Self.age...year
    }

    /// Nobody at school is older.
    private static let age = 25
    private static let group = "birth-date"
    private typealias Field = VerificationStep.Field

    private static let heading = "VÉRIFICATION COMPLÉMENTAIRE"
    var title: String {
        title(Self.heading, hasError: error != nil || message != nil || !missing.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        if let message { Notice(.error, id: "verification-error", text: message) }
        missing.summary(label)
        if let error { ErrorSummary([.init(field: Field.day, label: legend, message: error)]) }
        AccountFacts(subject: subject)
        if subject.eldest == nil { NoChild() } else { fields }
        NeedHelp(.firstSignIn)
    }

    private var legend: String {
        "Date de naissance de votre enfant \(subject.eldest?.firstName ?? "")"
    }

    private var fields: Markup {
        PostForm(action: form.action, id: "verification-form", hidden: form.hidden) {
            h2(text: "Je renseigne la date de naissance de mon enfant")
            FieldGroup(
                legend: legend, id: Self.group,
                hint: "Choisissez 00 pour un jour ou un mois que l'état civil ne connaît pas.",
                error: error
            ) {
                list(Field.day, Self.numbers(1...31), entry?.day)
                list(Field.month, Self.numbers(1...12), entry?.month)
                list(Field.year, years.reversed().map(String.init), entry?.year)
            }
            if error == FieldWords.wrongBirthDate { WrongBirthDateHelp() }
            RequiredNote()
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                RestartButton()
            }
        }.markup
    }

    private func label(_ field: String) -> String {
        switch field {
        case Field.day: "jour"
        case Field.month: "mois"
        default: "année"
        }
    }

    private func list(_ name: String, _ values: [String], _ chosen: String?) -> SelectField {
        // A part that a civil register does not know is written 00.
        let unknown = name == Field.year ? [] : ["00"]
        return SelectField(
            label: label(name), name: name,
            choices: [SelectField.Choice("", "—")]
                + (values + unknown).map { SelectField.Choice($0, $0) },
            chosen: chosen.map { [$0] } ?? [], error: missing[name],
            errorAbove: error == nil ? nil : Self.group + "-error",
            isAutofocused: missing.isFocused(name, otherwise: name == Field.day))
    }

    private static func numbers(_ range: ClosedRange<Int>) -> [String] {
        range.map { $0 < 10 ? "0\($0)" : String($0) }
    }
}
