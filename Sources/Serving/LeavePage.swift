import HTML
import HTTPTypes
import Hummingbird

/// The page by which a browser leaves for a client after a POST: 200 with a meta refresh and a link,
/// because Chromium applies `form-action` to every redirect that follows a form (D15). Answer the
/// POST with a 303 to the address of this page.
public struct LeavePage: ResponseGenerator, Sendable {
    var layout: Layout
    var url: String
    var destination: String

    /// - Parameters:
    ///   - url: the client's registered redirect URI with its answer appended.
    ///   - destination: the client's name, as the reader knows it.
    public init(layout: Layout, to url: String, destination: String) {
        self.layout = layout
        self.url = Redirect.encoded(url)
        self.destination = destination
    }

    public var response: Response {
        let refresh = meta(.httpEquiv("refresh"), .refresh(registered: url))
        return PageResponse(
            layout.page(title: "Redirection", width: .narrow, head: refresh) {
                h1(text: "Vous allez être redirigé")
                p(text: "Vous allez accéder à «\u{A0}\(destination)\u{A0}».")
                p {
                    a(
                        .class("button"), .href(registered: url), .id("continue"),
                        .rel("noreferrer"),
                        text: "Continuer")
                }
            }
        ).response
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        response
    }
}

/// The answer of `response_mode=form_post`: a form that posts itself to the client, with a button
/// where no script runs (OAuth 2.0 Form Post Response Mode).
public struct FormPostPage: ResponseGenerator, Sendable {
    var layout: Layout
    var url: String
    var fields: [HiddenField]
    var destination: String

    /// - Parameters:
    ///   - url: the client's registered redirect URI.
    ///   - fields: `code`, `state`, `iss`, or `error` and its description.
    public init(
        layout: Layout, to url: String, fields: [(name: String, value: String)], destination: String
    ) {
        self.layout = layout
        self.url = Redirect.encoded(url)
        self.fields = fields.map { HiddenField(name: $0.name, value: $0.value) }
        self.destination = destination
    }

    /// Without `form-action`, which would have to name the client's origin and every one that the
    /// client redirects to; this page holds one form, and it is ours.
    private static let contentSecurityPolicy = SecurityHeaders.contentSecurityPolicy
        .split(separator: ";").filter { !$0.contains("form-action") }.joined(separator: ";")

    public var response: Response {
        let script = HTML.script(.src(StaticFiles.submitScript.path), .defer)
        return PageResponse(
            layout.page(title: "Redirection", width: .narrow, head: script) {
                h1(text: "Vous allez être redirigé")
                p(text: "Vous allez accéder à «\u{A0}\(destination)\u{A0}».")
                PostForm(action: url, id: "form-post", hidden: fields) {
                    SubmitButton("Continuer", id: "continue")
                }
            },
            headers: [.contentSecurityPolicy: Self.contentSecurityPolicy]
        ).response
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        response
    }
}
