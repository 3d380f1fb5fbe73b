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
        let account = Layout.Link("Gérer Mon Compte", OwnPage.account.path)
        let menu = Layout.UserMenu(
            name: name, detail: detail,
            links: [
                Layout.Link(OwnPage.serviceName, OwnPage.portal.path, icon: Artwork.home), account,
            ],
            account: Layout.Link("Mon compte", account.href),
            signOut: Layout.UserMenu.signOutForm(
                action: SignOutForm.action, hidden: signOutFields))
        let markup = desk.layout.page(
            title: page.title, width: page.width, keepsForm: page.keepsForm, navigation: tabs,
            current: self.page.tab.path, user: menu, dialog: page.dialog
        ) { page.content }
        return PageResponse(markup, status: status, headers: headers).response
    }
}

extension OwnPage {
    /// The tab that a page belongs to: its own, but for those that open from one.
    fileprivate var tab: OwnPage {
        switch self {
        case .password, .email: .account
        case .regrouping: .children
        case .identities: .security
        case .portal, .account, .children, .security: self
        }
    }
}
