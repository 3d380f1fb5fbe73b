import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Web

extension Visitor {
    /// The whole answer that shows one of our pages to whom has signed in: their name and the ways to
    /// the portal, to the account and out stand above it.
    ///
    /// - Parameters:
    ///   - name: « Mme Valéry DURANT »
    ///   - detail: « Dernière connexion le … »
    func response(
        _ page: any Page, name: String, detail: String? = nil, tabs: [Layout.Link] = [],
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        let menu = Layout.UserMenu(
            name: name, detail: detail,
            links: [
                Layout.Link(OwnPage.serviceName, OwnPage.portal.path),
                Layout.Link("Gérer Mon Compte", OwnPage.account.path),
            ])
        let markup = desk.layout.page(
            title: page.title, width: page.width, keepsForm: page.keepsForm, navigation: tabs,
            current: self.page.path, user: menu
        ) { page.content }
        return PageResponse(markup, status: status, headers: headers).response
    }
}
