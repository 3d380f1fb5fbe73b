import FoundationEssentials
import Tokens

/// Where somebody wants to go, checked when the flow began and frozen since: a teleservice's request,
/// or a page of our own. Only a request is ever answered with a code.
public enum Destination: Sendable, Equatable {
    case client(AuthorizationRequest)
    case page(PageRequest)
}

/// A page of our own that is shown to guardians who have signed in. A closed list: no address from
/// outside is ever gone to.
public enum OwnPage: String, Sendable, CaseIterable {
    /// PORTAL-1.
    case portal
    /// ACC-1, its first tab.
    case account
    /// ACC-2.
    case password
    /// ACC-3.
    case email
    /// ACC-1, its second tab.
    case children
    /// REG-1 and REG-2.
    case regrouping
    /// ACC-1, its third tab.
    case security
    /// Behind the third tab: the identities of providers that open the account.
    case identities
}

/// A page that asks who is there.
public struct PageRequest: Sendable, Equatable {
    public let page: OwnPage
    /// The oldest sign-in that will do (SR-58); nil: any that still lives.
    public let authenticatedSince: Date?
    /// The identifier of whom the page is waiting for, where it may be shown.
    public let loginHint: String?
    public let validatedAt: Date

    public init(
        _ page: OwnPage, authenticatedSince: Date? = nil, loginHint: String? = nil,
        validatedAt: Date
    ) {
        self.page = page
        self.authenticatedSince = authenticatedSince
        self.loginHint = loginHint
        self.validatedAt = validatedAt
    }
}

extension Destination {
    /// The request of a teleservice.
    public var request: AuthorizationRequest? {
        if case .client(let request) = self { request } else { nil }
    }

    public var authenticatedSince: Date? {
        switch self {
        case .client(let request): request.authenticatedSince
        case .page(let request): request.authenticatedSince
        }
    }

    public var hintedSubject: String? { request?.hintedSubject }

    public var loginHint: String? {
        switch self {
        case .client(let request): request.loginHint
        case .page(let request): request.loginHint
        }
    }

    public var acrValues: [AuthenticationContext] { request?.acrValues ?? [] }

    /// Whether a session's sign-in will not do, however fresh.
    var wantsNewSignIn: Bool { request?.wantsNewSignIn ?? false }
    /// `prompt=none`: what is not there already is an error.
    var showsNoPage: Bool { request?.prompt.contains(.none) ?? false }
    /// ACC-3.
    var showsAddress: Bool {
        if case .page(let request) = self { request.page == .email } else { false }
    }
}
