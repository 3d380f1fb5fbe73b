import Flow
import HTML
import Parents
import Store
import Web

/// A-6 and B-3, « Je suis bien Patrick LOYEZ »: a birth date for each child, under its school (J-A-16
/// to J-A-20, J-B-19 to J-B-21).
struct ChildrenPage: Page {
    enum Message {
        /// One of the dates, or several: which is not told.
        case wrong
        case tooMany(Wait)
    }

    let form: StepForm
    /// The guardian, as the directory names them.
    let person: String
    let children: [ChildView]
    /// Whether children are shown by first name and initial alone (security.md 4.6).
    let hidesFamilyNames: Bool
    let entry: ChildrenEntry
    let message: Message?

    private static let noticeID = "birth-dates-error"

    private var heading: String { "Je suis bien \(person)" }
    var title: String {
        title(heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: heading)
        notice
        entry.errors.summary { field in
            children.first { ChildrenEntry.field($0.child.id) == field }.map { label($0.child) }
                ?? ""
        }
        p(
            .class("lead"),
            text: "Je confirme le rattachement à mon compte des enfants suivants\u{A0}:")
        PostForm(action: form.action, id: "children-form", hidden: form.hidden) {
            for (index, school) in schools.enumerated() {
                FieldGroup(legend: school.name, id: "school-\(index + 1)") {
                    for view in school.children { field(view.child) }
                }
            }
            RequiredNote()
            p(.class("hint")) {
                "Si un de ces enfants n'est pas le vôtre, ou s'il en manque un, contactez son "
                "établissement scolaire avant de continuer."
            }
            WrongBirthDateHelp(topic: .wrongBirthDates)
            ButtonRow {
                SubmitButton("Continuer", id: "continue")
                CancelButton()
            }
        }
        NeedHelp(.wrongBirthDates)
    }

    @MarkupBuilder private var notice: Markup {
        switch message {
        case nil: Markup.empty
        case .wrong:
            Notice(
                .error, id: Self.noticeID, text: FieldWords.wrongBirthDate)
        case .tooMany(let wait): Notice(.error, text: wait.tooManyAttempts)
        }
    }

    private func field(_ child: Child) -> Markup {
        let name = ChildrenEntry.field(child.id)
        let isFirst = child.id == schools.first?.children.first?.child.id
        var isWrong = false
        if case .wrong? = message { isWrong = true }
        return BirthDateField(
            label: label(child), name: name, value: entry.value(child.id),
            error: entry.errors[name], errorAbove: isWrong ? Self.noticeID : nil,
            isAutofocused: entry.errors.isFocused(name, otherwise: isFirst)
        ).markup
    }

    private func label(_ child: Child) -> String {
        let lastName =
            hidesFamilyNames
            ? child.lastName.prefix(1).map { "\($0)." }.joined() : child.lastName
        return [child.firstName, lastName, "né(e) le"].filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// In the order of their eldest child; children of no school last.
    private var schools: [(name: String, children: [ChildView])] {
        var codes: [String] = []
        for code in children.compactMap(\.school?.uai) where !codes.contains(code) {
            codes.append(code)
        }
        let grouped = codes.map { code in children.filter { $0.school?.uai == code } }
        let others = children.filter { $0.school == nil }
        return (grouped + (others.isEmpty ? [] : [others])).map { group in
            (name: group.first?.school?.name ?? "Établissement non renseigné", children: group)
        }
    }
}

/// The records that the journey was about are gone from the directory, or their account is in use
/// since.
struct EnrolmentOverPage: Page {
    let form: StepForm

    private static let heading = "Je crée mon compte"

    var title: String { title(Self.heading, hasError: true) }

    var content: Markup {
        h1(text: Self.heading)
        Notice(
            .error,
            text: "Les informations de l'annuaire ont changé entre-temps. Revenez à la page de "
                + "connexion pour recommencer.")
        PostForm(action: form.action, id: "over-form", hidden: form.hidden) {
            SubmitButton(
                "Revenir à la page de connexion", id: "restart", name: StepField.action,
                value: StepField.restart)
        }
    }
}
