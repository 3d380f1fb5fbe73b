import Federation
import FoundationEssentials
import HTML
import Web

/// A provider as the sign-in page offers it.
struct UpstreamDoor: Sendable {
    /// What its form sends, and what its callback address begins with.
    let id: String
    let name: String
    let isFranceConnect: Bool
    /// « Qu'est-ce que FranceConnect? »
    let moreInformation: String?
    /// False while calls to it fail: the button stays away and the page says so.
    let isAvailable: Bool

    init(_ upstream: Upstream, at now: Date) {
        id = upstream.id
        name = upstream.displayName
        isFranceConnect = upstream.isFranceConnect
        moreInformation = upstream.moreInformation
        isAvailable = upstream.provider.isAvailable(at: now)
    }
}

/// The button of a provider, by itself in a form. FranceConnect's follows the rules that it publishes:
/// its own words and colour, first on the page, apart from the other means, with its explanation
/// underneath (J-S-02 to J-S-04).
struct UpstreamEntrance: Component {
    static let field = "provider"

    let door: UpstreamDoor
    let form: StepForm
    var heading: String?
    /// What is said where it is out of reach.
    var alternative = "Les autres moyens de connexion restent ouverts."

    var markup: Markup {
        section(.id("upstream-" + door.id)) {
            h2(text: heading ?? "J'accède à mes services avec \(door.name)")
            if door.isAvailable {
                PostForm(
                    action: form.action,
                    hidden: form.hidden + [HiddenField(name: Self.field, value: door.id)]
                ) { button }
            } else {
                p(
                    .id("upstream-unavailable"),
                    text: "\(door.name) n'est pas disponible pour le moment. \(alternative)")
            }
            if let moreInformation = door.moreInformation {
                p(.class("upstream-link")) {
                    a(
                        .href(moreInformation), .rel("noreferrer"),
                        text: "Qu'est-ce que \(door.name)?")
                }
            }
        }
    }

    @MarkupBuilder private var button: Markup {
        if door.isFranceConnect {
            HTML.button(
                .class("franceconnect"), .buttonType(.submit), .id("sign-in-" + door.id)
            ) {
                span(.class("franceconnect-login"), text: "S'identifier avec ")
                span(.class("franceconnect-brand"), text: "FranceConnect")
            }
        } else {
            SubmitButton(
                "S'identifier avec \(door.name)", id: "sign-in-" + door.id, kind: .secondary)
        }
    }
}
