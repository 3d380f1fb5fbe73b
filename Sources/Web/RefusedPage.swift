import Flow
import HTML

/// The screen that a form was answered with, as the redirect shows it.
struct RefusedPage: Page {
    private let form: RefusedForm

    init(_ form: RefusedForm) { self.form = form }

    var title: String { form.title }
    var keepsForm: Bool { true }
    var content: Markup { .rendered(form.content.utf8) }
}

extension RefusedForm {
    init(_ page: any Page, of step: StepID) {
        self.init(
            step: step, title: page.title,
            content: String(decoding: page.content.render(), as: UTF8.self))
    }
}
