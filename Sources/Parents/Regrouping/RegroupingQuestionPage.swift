import Flow
import HTML
import Serving
import Web

/// REG-2, « Ajoutez tous les enfants de … » (J-R-06 to J-R-10).
struct RegroupingQuestionPage: Page {
    struct Child {
        let firstName: String
        /// `yyyy-MM-dd`
        let birthDate: String
        /// Whether the main account has it already.
        let isKnown: Bool
    }

    let form: StepForm
    /// Nil where it may not be shown (J-M-12).
    let main: String?
    let absorbed: String
    let children: [Child]

    var title: String { "Ajoutez tous les enfants de \(absorbed)" }

    private var onMain: String { main.map { "le compte \($0)" } ?? "votre compte" }
    private var toMain: String { main.map { "au compte \($0)" } ?? "à votre compte" }

    var content: Markup {
        h1(text: title)
        p(.class("lead"), text: "Tous les enfants suivants seront ajoutés sur \(onMain).")
        ul(.class("tiles"), .id("children")) {
            for child in children {
                li(.class("tile")) {
                    span(.class("tile-icon"), .ariaHidden) { Artwork.child }
                    div(.class("tile-text")) {
                        strong(text: child.firstName)
                        p(.class("hint"), text: FrenchDay.text(child.birthDate))
                        if child.isKnown { p(.class("hint"), text: "Déjà rattaché à votre compte") }
                    }
                }
            }
        }
        Notice(.warning, id: "closing", text: "Le compte \(absorbed) ne sera plus utilisable.")
        p(text: "En validant cette opération, vous confirmez\u{A0}:")
        ul {
            for child in children where !child.isKnown {
                li(text: "le rattachement de \(child.firstName) \(toMain)")
            }
            li(text: "la fermeture du compte \(absorbed)")
        }
        PostForm(action: form.action, id: "regroup-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton("Ajouter", id: "regroup")
                LinkButton("Annuler", href: OwnPage.children.path, id: "cancel", kind: .quiet)
            }
        }
    }
}
