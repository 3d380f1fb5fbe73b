import HTML
import HTTPTypes
import Hummingbird
import Serving

/// « Inscription en ligne »: a second teleservice that only shows who has signed in, and with whom.
struct EnrolmentRoutes: Sendable {
    let teleservice: Teleservice

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(TeleserviceKind.inscription.landing)) { request, _ in
            guard let parent = teleservice.signedIn(request) else {
                return teleservice.signInFirst(child: nil)
            }
            return PageResponse(EnrolmentPage(parent: parent).inside(teleservice.layout)).response
        }
    }
}

/// The parent and the children, as this teleservice knows them.
struct EnrolmentPage: Sendable {
    let parent: SignedInParent

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Mes enfants", user: parent.menu) {
            h1(text: "Inscription en ligne")
            p(
                .class("lead"), .id("welcome"),
                text:
                    "Bonjour \(parent.session.greeting), voici les enfants que vous pouvez inscrire."
            )
            Table(
                caption: "Mes enfants", columns: ["Enfant", "Niveau", "École ou établissement"],
                rows: parent.session.pupils.map { pupil in
                    [
                        .text(pupil.displayName), .text(pupil.level?.name ?? "–"),
                        .text(pupil.schoolName),
                    ]
                },
                emptyText: "Aucun enfant n'est rattaché à votre compte.", id: "children")
        }
    }
}
