import HTML
import HTTPTypes
import Hummingbird
import Serving

/// A screen: its title and what stands between header and footer. One struct a screen; a field of
/// the struct is what the screen shows.
public protocol Page: Sendable {
    var title: String { get }
    var width: Layout.Width { get }
    /// Holds a form of a sign-in or sign-out under way: the footer's links open beside it.
    var keepsForm: Bool { get }
    @MarkupBuilder var content: Markup { get }
    /// What stands over the page, which can't be reached behind it; empty for nothing.
    @MarkupBuilder var dialog: Markup { get }
}

extension Page {
    public var width: Layout.Width { .narrow }
    public var keepsForm: Bool { false }
    public var dialog: Markup { .empty }

    /// The title of a screen with this heading: where something is wrong it says so first, to those
    /// who hear it before anything else.
    public func title(_ heading: String, hasError: Bool) -> String {
        hasError ? "Erreur – " + heading : heading
    }
}

extension Layout {
    /// The whole answer that shows a screen.
    public func response(
        _ page: any Page, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        PageResponse(markup(of: page), status: status, headers: headers).response
    }

    /// The whole document of a screen.
    public func markup(of page: any Page) -> Markup {
        self.page(title: page.title, width: page.width, keepsForm: page.keepsForm) { page.content }
    }
}
