import Flow
import HTML
import Hummingbird
import Serving
import Store
import Web

/// `/portail`, and the public address itself, which leads there (J §3.0.2).
public struct PortalPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor

    public init(desk: Desk) {
        self.desk = desk
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(WayOn.home)) { [desk] _, _ in
            Redirect.seeOther(desk.url(OwnPage.portal.path))
        }
        router.get(RouterPath(OwnPage.portal.path), use: show)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.portal, request, context) { visitor in
            desk.layout.response(PortalPage(name: visitor.account.identifier))
        }
    }
}

/// PORTAL-1, « Scolarité services ».
struct PortalPage: Page {
    let name: String

    var title: String { OwnPage.serviceName }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        p(text: name)
    }
}
