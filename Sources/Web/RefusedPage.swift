import FoundationEssentials
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
    /// Nil for a screen that is too long to be kept.
    init?(_ page: any Page, of step: StepID, at now: Date) {
        let content = page.content.render()
        guard content.count <= Self.byteCountMax else { return nil }
        self.init(
            step: step, title: page.title, content: String(decoding: content, as: UTF8.self),
            expiresAt: now + Self.lifetime)
    }
}
