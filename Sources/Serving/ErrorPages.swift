import HTML
import HTTPTypes
import Hummingbird
import Logging

/// A request that can't be answered as it was meant: what its reader may know. The cause is in the
/// log, under the same `correlation` (SR-64).
public struct RequestFailure: Sendable {
    public let status: HTTPResponse.Status
    public let correlation: CorrelationID
    /// What the status demands: `Allow` with 405, `Retry-After` with 503.
    public let headers: HTTPFields
}

/// Turns whatever a route throws into an answer; add it before all other middleware.
public struct ErrorPages: RouterMiddleware {
    public typealias Context = ServingContext
    let render: @Sendable (RequestFailure, Request, ServingContext) -> Response

    /// - Parameter render: the answer; its status should be the failure's.
    public init(render: @escaping @Sendable (RequestFailure, Request, ServingContext) -> Response) {
        self.render = render
    }

    /// French pages in `layout`.
    public init(layout: Layout) {
        self.init { failure, _, _ in
            PageResponse(
                FailurePage(failure: failure).inside(layout), status: failure.status,
                headers: failure.headers
            ).response
        }
    }

    /// When a queue is full, an honest client comes back about then.
    public static let retryAfter: HTTPFields = [.retryAfter: "5"]

    public func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return answer(error.status, error.headers, request, context)
        } catch is WorkerPool.Busy {
            return answer(.serviceUnavailable, Self.retryAfter, request, context)
        } catch let error as RequestFormError {
            return answer(error.status, [:], request, context)
        } catch let error as any HTTPResponseError {
            return answer(error.status, [:], request, context)
        } catch {
            context.logger.error(
                "request failed",
                metadata: [
                    "correlation": "\(context.correlation)",
                    "cause": "\(String(reflecting: error))",
                    "route": "\(context.endpointPath ?? "")",
                ])
            return render(failure(.internalServerError, [:], context), request, context)
        }
    }

    /// A refusal, noted so that the reference which its page shows can be found again. The query may
    /// hold what nobody else should read, and so may an address that is none of ours.
    private func answer(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ request: Request,
        _ context: ServingContext
    ) -> Response {
        context.logger.info(
            "request refused",
            metadata: [
                "correlation": "\(context.correlation)", "status": "\(status.code)",
                "route": "\(context.endpointPath ?? "")",
            ])
        return render(failure(status, headers, context), request, context)
    }

    private func failure(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ context: ServingContext
    ) -> RequestFailure {
        RequestFailure(status: status, correlation: context.correlation, headers: headers)
    }
}

/// What a reader tells the support team, so that they find the request in the log. A page shows it
/// only where the log has it.
public struct SupportReference: Component {
    let correlation: CorrelationID
    let contact: String?

    /// - Parameter contact: the page that names the team.
    public init(_ correlation: CorrelationID, contact: String?) {
        self.correlation = correlation
        self.contact = contact
    }

    public var markup: Markup {
        p(.class("hint")) {
            "Si le problème persiste, indiquez cette référence à "
            if let contact {
                a(.href(contact), .id("contact-link"), text: "l'assistance")
            } else {
                "l'assistance"
            }
            "\u{A0}: "
            code(.id("reference"), text: "\(correlation)")
        }
    }
}

/// The page of a failure: what happened, what to do, and the reference for the support team.
public struct FailurePage: Sendable {
    let failure: RequestFailure
    public init(failure: RequestFailure) { self.failure = failure }

    public func inside(_ layout: Layout) -> Markup {
        let (title, text) = words
        return layout.page(title: title, width: .narrow) {
            p(.class("overline"), text: "Erreur \(failure.status.code)")
            h1(text: title)
            p(.class("lead"), text: text)
            ButtonRow {
                LinkButton(
                    "Revenir à l'accueil", href: layout.product.home, id: "home", kind: .primary)
            }
            SupportReference(failure.correlation, contact: layout.product.contact)
        }
    }

    private var words: (title: String, text: String) {
        switch failure.status {
        case .notFound:
            (
                "Cette page n'existe pas",
                "L'adresse a peut-être été mal recopiée, ou la page a été déplacée."
            )
        case .methodNotAllowed:
            ("Cette action n'est pas possible", "Revenez à la page précédente et recommencez.")
        case .contentTooLarge:
            ("Le formulaire est trop long", "Raccourcissez votre saisie et recommencez.")
        case .serviceUnavailable, .tooManyRequests:
            (
                "Le service est momentanément indisponible",
                "Trop de personnes se connectent en ce moment. Réessayez dans quelques minutes."
            )
        case let status where status.code >= 500:
            (
                "Une erreur est survenue",
                "Votre demande n'a pas pu aboutir. Réessayez dans quelques minutes."
            )
        default:
            ("Cette demande n'est pas valable", "Revenez à la page précédente et recommencez.")
        }
    }
}
