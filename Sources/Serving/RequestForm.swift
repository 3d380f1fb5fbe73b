import Hummingbird
import Tokens

/// Why a request holds no form. Each endpoint says it in its own words: OAuth JSON, or a page.
public enum RequestFormError: Error, Equatable, Sendable {
    /// Not `application/x-www-form-urlencoded`: 415.
    case wrongContentType
    /// More than `RequestForm.maxBytes`: 413.
    case tooLarge
    /// Not percent-encoded UTF-8, or over the parser's limits: 400.
    case malformed(FormError)

    public var status: HTTPResponse.Status {
        switch self {
        case .wrongContentType: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .malformed: .badRequest
        }
    }
}

/// The form that a request carries, in its query or in its body.
public enum RequestForm {
    /// Enough for a pushed authorization request with a request object (security.md 2.48).
    public static let maxBytes = 64 * 1024

    /// The query's parameters; an empty form where there is no query.
    public static func query(_ request: Request) throws(RequestFormError) -> Form {
        do {
            return try Form(parsing: Array((request.uri.query ?? "").utf8))
        } catch {
            throw .malformed(error)
        }
    }

    /// The body's parameters.
    public static func body(
        _ request: Request, _ context: some RequestContext
    ) async throws(RequestFormError) -> Form {
        guard isForm(request.headers[.contentType]) else { throw .wrongContentType }
        let bytes: [UInt8]
        do {
            bytes = Array(buffer: try await request.body.collect(upTo: maxBytes))
        } catch {
            throw .tooLarge
        }
        do {
            return try Form(parsing: bytes)
        } catch {
            throw .malformed(error)
        }
    }

    /// The media type alone counts; a `charset` parameter says nothing about percent-encoded bytes.
    private static func isForm(_ contentType: String?) -> Bool {
        guard let type = contentType?.split(separator: ";", maxSplits: 1).first else {
            return false
        }
        let trimmed = type.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return String(decoding: trimmed, as: UTF8.self).lowercased()
            == "application/x-www-form-urlencoded"
    }
}
