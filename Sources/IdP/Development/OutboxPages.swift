import Flow
import FoundationEssentials
import HTML
import HTTPTypes
import Hummingbird
import Messages
import Serving
import Web

/// For development: every mail and SMS of an `OutboxFolder`, on a port of its own that only this
/// machine reaches.
struct OutboxPages: Sendable {
    let folder: OutboxFolder
    let layout: Layout

    init(folder: OutboxFolder, version: String) {
        self.folder = folder
        layout = Layout(
            product: Layout.Product(
                name: "MESSAGES", slogan: "Mails et SMS d'une installation de développement",
                home: "/", version: version, footer: [],
                banner: "Aucun de ces messages n'est parti\u{A0}: ils restent sur cette machine."))
    }

    func responder() -> some HTTPResponder<ServingContext> {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(layout: layout))
        router.add(middleware: LoopbackHost())
        StaticFiles.addRoutes(to: router)
        router.get("/") { _, _ in
            layout.response(OutboxListPage(messages: folder.messages()))
        }
        router.get("/messages.json") { _, _ in
            JSONResponse([UInt8](try JSONEncoder().encode(folder.messages())))
        }
        router.get("/messages/:name") { _, context in
            layout.response(FiledMessagePage(message: try message(context)))
        }
        router.get("/messages/:name/html") { _, context in
            guard let html = try message(context).html else { throw HTTPError(.notFound) }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.sandbox,
                ], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        }
        router.refuseOtherMethods()
        return router.buildResponder()
    }

    /// A mail may be anything: it runs nothing, loads nothing and is of no origin; its links open.
    private static let sandbox =
        "sandbox allow-popups allow-popups-to-escape-sandbox "
        + "allow-top-navigation-by-user-activation; default-src 'none'; "
        + "style-src 'unsafe-inline'; img-src data:"

    private func message(_ context: ServingContext) throws -> FiledMessage {
        guard let name = context.parameters.get("name"), let message = folder.message(named: name)
        else { throw HTTPError(.notFound) }
        return message
    }
}

/// Answers only under this machine's own names, so that no page elsewhere can read the messages by a
/// name that it has led here (DNS rebinding).
private struct LoopbackHost: RouterMiddleware {
    typealias Context = ServingContext

    func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        let authority = request.head.authority ?? ""
        let host = authority.lastIndex(of: ":").map { authority[..<$0] } ?? authority[...]
        guard ["localhost", "127.0.0.1", "[::1]"].contains(host) else {
            throw HTTPError(.misdirectedRequest)
        }
        return try await next(request, context)
    }
}

/// All messages, the newest first.
private struct OutboxListPage: Page {
    let messages: [FiledMessage]

    var title: String { "Messages" }
    var width: Layout.Width { .wide }

    var content: Markup {
        h1(text: "Messages")
        Table(
            caption: "Mails et SMS, du plus récent au plus ancien",
            columns: ["Message", "Destinataire", "Date"],
            rows: messages.map { message in
                [
                    a(.href("/messages/\(message.name)"), text: message.heading),
                    .text(message.to), .text(message.date),
                ]
            }, emptyText: "Aucun message pour le moment.", id: "messages")
        p { a(.href("/messages.json"), text: "La liste en JSON") }
    }
}

/// One message: its text with links that open, and the way to its HTML part.
private struct FiledMessagePage: Page {
    let message: FiledMessage

    var title: String { message.heading }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: message.heading)
        FactList([
            ("Destinataire", .text(message.to)), ("Date", .text(message.date)),
        ])
        Card("Texte", id: "text") {
            for line in message.text.split(
                separator: "\n", omittingEmptySubsequences: true)
            {
                p { Self.linked(line) }
            }
        }
        if message.html != nil {
            p {
                a(
                    .href("/messages/\(message.name)/html"), .id("html"),
                    text: "La version HTML")
            }
        }
        p { a(.href("/"), .id("back"), text: "Tous les messages") }
    }

    /// A line whose words that begin as an address of the web are links.
    private static func linked(_ line: Substring) -> Markup {
        .sequence(
            line.split(separator: " ", omittingEmptySubsequences: false).enumerated()
                .flatMap { index, word -> [Markup] in
                    let text = String(word)
                    let isLink = text.hasPrefix("https://") || text.hasPrefix("http://")
                    return [
                        .text(index == 0 ? "" : " "),
                        isLink ? a(.href(text), text: text) : .text(text),
                    ]
                })
    }
}

extension FiledMessage {
    fileprivate var heading: String {
        switch kind {
        case .mail: subject ?? "Mail"
        case .sms: "SMS"
        }
    }

    /// « 2026-01-15 11:00:00 », in France.
    fileprivate var date: String {
        String(ParisTime.text(Date(timeIntervalSince1970: Double(at) / 1000)).prefix(19))
    }
}
