import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Store
import Tokens
import Web

/// The answers of the endpoints that clients call: JSON that nobody keeps.
///
/// Source: RFC 6749 §5.1 and §5.2, RFC 7009 §2.2, RFC 7662 §2.2.
enum OAuthAnswer {
    static let headers: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store", .pragma: "no-cache",
    ]

    static func ok(_ json: [UInt8]) -> Response {
        JSONResponse(json, headers: headers).response
    }

    /// How a refused request might have authenticated.
    enum Scheme: Sendable {
        /// A client (RFC 6749 §2.3.1).
        case basic
        /// The holder of an access token (RFC 6750 §3).
        case bearer
    }

    static func refusal(
        _ error: OAuthError, _ scheme: Scheme = .basic, status: HTTPResponse.Status? = nil,
        headers further: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        for field in further { headers[field.name] = field.value }
        let status = status ?? HTTPResponse.Status(code: error.status)
        switch scheme {
        case .basic:
            // A 401 without a challenge is no 401 (RFC 9110 §15.5.2).
            if status == .unauthorized { headers[.wwwAuthenticate] = "Basic realm=\"educonnect\"" }
        case .bearer:
            let scope = error.code == .insufficientScope ? Scope.openID : nil
            headers[.wwwAuthenticate] = error.challenge(scheme: "Bearer", scope: scope)
        }
        return JSONResponse(error.json, status: status, headers: headers).response
    }

    /// Runs `body` and turns what it throws into the answer that a client understands. The cause of
    /// anything unexpected goes to the log only (SR-64).
    static func running(
        _ context: ServingContext, _ scheme: Scheme = .basic, at now: Date,
        _ body: () async throws -> Response
    ) async -> Response {
        do {
            return try await body()
        } catch let error as OAuthError {
            return refusal(error, scheme)
        } catch let error as RequestFormError {
            return refusal(error)
        } catch let error as ClientAuthentication.TooManyAttempts {
            let wait = max(1, Int64(error.until.timeIntervalSince(now).rounded(.up)))
            return refusal(
                OAuthError(.temporarilyUnavailable, "Too many wrong secrets from this network"),
                status: .tooManyRequests, headers: [.retryAfter: String(wait)])
        } catch is WorkerPool.Busy {
            return busy
        } catch let error as StoreError where error.mayPass {
            context.logger.warning(
                "store did not answer",
                metadata: ["correlation": "\(context.correlation)", "cause": "\(error.detail)"])
            return busy
        } catch {
            context.logger.error(
                "request failed",
                metadata: [
                    "correlation": "\(context.correlation)",
                    "cause": "\(String(reflecting: error))",
                ])
            return refusal(OAuthError(.serverError, "Reference \(context.correlation)"))
        }
    }

    /// The surplus is told at once when to come back (SR-66).
    private static var busy: Response {
        refusal(
            OAuthError(.temporarilyUnavailable, "Too many requests wait; try again"),
            headers: [.retryAfter: "1"])
    }

    private static func refusal(_ error: RequestFormError) -> Response {
        switch error {
        case .wrongContentType:
            // RFC 6749 §5.2 knows no other status than 400 for a malformed request.
            refusal(
                OAuthError(.invalidRequest, "The body must be application/x-www-form-urlencoded"))
        case .tooLarge:
            refusal(OAuthError(.invalidRequest, "The body is too long"), status: .contentTooLarge)
        case .malformed:
            refusal(OAuthError(.invalidRequest, "The form can not be read"))
        }
    }
}

extension StoreError {
    /// Whether the same request may succeed a moment later. The outcome of `.unknownOutcome` is open:
    /// a code or token that was spent after all is then refused as such.
    fileprivate var mayPass: Bool {
        switch self {
        case .busy, .unavailable, .unknownOutcome: true
        case .conflict, .notFound, .corrupt, .unsafeSettings, .unsupportedSchema, .invalid: false
        }
    }
}

extension Form {
    /// Throws `.invalidRequest` when it is left out.
    func required(_ name: String) throws(OAuthError) -> String {
        guard let value = parameter(name) else {
            throw OAuthError(.invalidRequest, "The parameter \(name) is missing")
        }
        return value
    }

    /// The form of a request, in which no parameter may be repeated (RFC 6749 §3.2; security history 2.3).
    static func ofClient(_ request: Request, _ context: ServingContext) async throws -> Form {
        let form = try await RequestForm.body(request, context)
        if let name = form.duplicates.first {
            throw OAuthError(.invalidRequest, "The parameter \(name) is repeated")
        }
        return form
    }
}

extension HTTPField.Name {
    /// Caches of HTTP/1.0; RFC 6749 §5.1 still asks for it.
    fileprivate static let pragma = constant("Pragma")

    private static func constant(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header name") }
        return name
    }
}
