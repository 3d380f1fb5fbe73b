import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Web

/// Whose account it is, as its pages name them.
struct AccountOwner: Sendable {
    private let guardian: Guardian?
    /// Nil where this connection may not show it (J-M-12, J-A-25).
    let identifier: String?

    init(_ visitor: Visitor, _ guardian: Guardian?) {
        self.guardian = guardian
        identifier = visitor.isFederated ? nil : visitor.account.identifier
    }

    /// « Valéry DURANT »
    var name: String { guardian?.fullName ?? identifier ?? Self.nameless }
    /// « Mme Valéry DURANT »
    var title: String { guardian?.nameAsSpoken ?? identifier ?? Self.nameless }

    private static let nameless = "Responsable d'élève"
}

extension Visitor {
    func owner() async throws -> AccountOwner {
        let account = account.id
        return AccountOwner(
            self, try await desk.store.read { try $0.guardians(of: account).latest })
    }

    /// One of the account's pages, below its tabs (J-M-01, J-M-04).
    func answer(
        _ page: any Page, for owner: AccountOwner, status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        response(
            page, name: owner.title,
            tabs: [
                Layout.Link("Mes informations", OwnPage.account.path),
                Layout.Link("Mes enfants", OwnPage.children.path),
                Layout.Link("Sécurité", OwnPage.security.path),
            ], status: status, headers: headers)
    }

    /// The same page again, where its form must wait.
    func answerTooMany(
        _ page: any Page, for owner: AccountOwner, _ wait: Wait
    ) -> Response {
        answer(
            page, for: owner, status: .tooManyRequests,
            headers: [.retryAfter: String(wait.seconds)])
    }
}
