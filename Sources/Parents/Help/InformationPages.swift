import Flow
import HTML
import Hummingbird
import Logging
import Serving
import ServiceLifecycle
import Synchronization
import Web

/// The pages that anybody may read: contact, legal notice, help (J-G-12, J-S-12). Each is rendered
/// once, and again when the operator has changed a text of it.
public final class InformationPages: Sendable {

    private let desk: Desk
    private let support: SupportContact
    private let folder: TextFolder?
    private let state: Mutex<State>

    private struct State {
        var texts = OperatorTexts()
        var pages: [String: Markup] = [:]
        /// Why the folder can't be looked at, as the log has it already.
        var trouble: String?
    }

    public static let reloadInterval = Duration.seconds(5)

    /// - Parameter textsFolder: where the operator keeps texts; nil for none. Throws all that is wrong
    ///   with them: who starts the program can still mend it.
    public init(
        desk: Desk, support: SupportContact = SupportContact(), textsFolder: String? = nil
    ) throws {
        self.desk = desk
        self.support = support
        folder = textsFolder.map { TextFolder(path: $0) }
        var first = State()
        if let folder {
            let problems = first.texts.take(try folder.read()) ?? []
            guard problems.isEmpty else {
                throw OperatorTexts.Invalid(folder: folder.path, problems: problems)
            }
        }
        first.pages = Self.render(desk, support, first.texts)
        state = Mutex(first)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        for path in [PublicPage.contact, PublicPage.legal, PublicPage.help] {
            router.get(RouterPath(path)) { [self] _, _ in
                PageResponse(state.withLock { $0.pages[path] } ?? .empty).response
            }
        }
    }

    /// Looks whether the operator has changed something. What is wrong is logged once, and the former
    /// text stays: a half-written file must not take a page away.
    public func reload(log: Logger) {
        guard let folder else { return }
        let found = Result { () throws(TextFolder.Unreadable) in try folder.read() }
        state.withLock { state in
            switch found {
            case .failure(let error):
                if state.trouble != error.description {
                    log.error("texts not reloaded", metadata: ["cause": "\(error)"])
                }
                state.trouble = error.description
            case .success(let files):
                state.trouble = nil
                guard let problems = state.texts.take(files) else { return }
                state.pages = Self.render(desk, support, state.texts)
                for problem in problems {
                    log.error("the former text stays", metadata: ["cause": "\(problem)"])
                }
                log.notice("texts reloaded", metadata: ["files": "\(files.count)"])
            }
        }
    }

    /// Looks again and again until the program stops.
    public func reloading(log: Logger) -> some Service {
        Repeated(every: Self.reloadInterval) { self.reload(log: log) }
    }

    private static func render(
        _ desk: Desk, _ support: SupportContact, _ texts: OperatorTexts
    ) -> [String: Markup] {
        let pages: [String: any Page] = [
            PublicPage.contact: ContactPage(support: support, text: texts.contact),
            PublicPage.legal: LegalPage(
                cookies: desk.cookies, policy: desk.policy, text: texts.legal),
            PublicPage.help: HelpPage(policy: desk.policy, address: desk.issuer, texts: texts),
        ]
        return pages.mapValues { desk.layout.markup(of: $0).prerendered() }
    }
}
