import Flow
import HTML
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Store
import Tokens

/// Why a page can't be shown, in the reader's terms; each answer names a way on (design, errors).
public enum PageError: Error, Sendable, Equatable {
    /// A form that is none of ours, or one from another site.
    case forbidden
    case notFound
    /// Answered already, or too old.
    case expired
    /// An address copied from another browser.
    case otherBrowser
    /// Parameters that can't be read, or come twice.
    case unreadable

    public var status: HTTPResponse.Status {
        switch self {
        case .forbidden, .otherBrowser: .forbidden
        case .notFound: .notFound
        case .expired: .gone
        case .unreadable: .badRequest
        }
    }
}

/// A `PageError` of a teleservice's request: its page leads back there.
public struct RequestPageError: Error, Sendable {
    public let error: PageError
    public let client: RegisteredClient?

    public init(_ error: PageError, of client: RegisteredClient?) {
        self.error = error
        self.client = client
    }
}

/// The screen of a `PageError`.
public struct PageErrorPage: Page {
    let error: PageError
    let client: RegisteredClient?

    public init(_ error: PageError, of client: RegisteredClient? = nil) {
        self.error = error
        self.client = client
    }

    public var title: String {
        switch error {
        case .forbidden: "Cette demande n'a pas pu être vérifiée"
        case .notFound: "Cette page n'existe pas"
        case .expired: "Cette demande n'est plus valable"
        case .otherBrowser: "Cette demande a été commencée ailleurs"
        case .unreadable: "Cette demande n'est pas valable"
        }
    }

    private var advice: String {
        switch error {
        case .forbidden:
            "Le formulaire ne vient pas de cette page, ou votre navigateur a perdu ses cookies. "
                + "Revenez au téléservice et recommencez."
        case .notFound:
            "L'adresse a peut-être été mal recopiée. Revenez au téléservice et recommencez."
        case .expired:
            "Elle a déjà abouti, ou trop de temps a passé. Revenez au téléservice et recommencez."
        case .otherBrowser:
            "Elle ne peut être poursuivie que dans le navigateur où elle a été commencée, avec les "
                + "cookies autorisés. Revenez au téléservice et recommencez."
        case .unreadable:
            "Elle contient des informations illisibles ou répétées. Revenez au téléservice et "
                + "recommencez."
        }
    }

    public var content: Markup {
        h1(text: title)
        Notice(.error, id: "page-error") { p(text: advice) }
        WayOn(to: client)
    }
}

/// Turns what the layers below throw into what a reader may know; the cause goes to the log only
/// (SR-64). Everything that is not foreseen here is a 500, by `ErrorPages`.
public struct ErrorResponses: RouterMiddleware {
    public typealias Context = ServingContext
    let layout: Layout

    public init(layout: Layout) {
        self.layout = layout
    }

    public func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as PageError {
            return layout.response(PageErrorPage(error), status: error.status)
        } catch let failure as RequestPageError {
            let page = PageErrorPage(failure.error, of: failure.client)
            return layout.response(page, status: failure.error.status)
        } catch let error as StoreError {
            context.logger.error(
                "store failed",
                metadata: ["correlation": "\(context.correlation)", "cause": "\(error.detail)"])
            switch error {
            case .busy, .unavailable, .unknownOutcome, .conflict:
                throw HTTPError(.serviceUnavailable, headers: ErrorPages.retryAfter)
            case .notFound, .corrupt, .unsafeSettings, .unsupportedSchema, .invalid:
                throw HTTPError(.internalServerError)
            }
        }
    }
}
