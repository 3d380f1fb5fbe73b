import HTTPTypes
import Hummingbird
import Print
import Serving
import Tokens

/// What a parent reads: the list of a child's documents, and each document.
///
/// Nothing here notes who has read what: the school is told of no reading (J-L-15).
struct ReportRoutes: Sendable {
    /// With it a browser saves the document; without it, opens it.
    static let saveParameter = "enregistrer"

    let teleservice: Teleservice

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(TeleserviceKind.lsu.landing)) { request, _ in
            try list(request)
        }
        router.get("/documents/:id") { request, context in
            guard let id = context.parameters.get("id") else { throw HTTPError(.notFound) }
            return try await document(id, request)
        }
    }

    private func list(_ request: Request) throws -> Response {
        let child = try RequestForm.query(request)[SignInRoutes.childParameter]
        guard let parent = teleservice.signedIn(request) else {
            return teleservice.signInFirst(child: child)
        }
        let pupils = parent.session.pupils
        guard let pupil = child == nil ? pupils.first : pupils.first(where: { $0.id == child })
        else {
            // No child at all is a page of its own; somebody else's child is nothing we know.
            if child != nil { throw HTTPError(.notFound) }
            return PageResponse(NoChildPage().inside(teleservice.layout, parent)).response
        }
        let page = ReportsPage(
            pupil: pupil, siblings: pupils, reports: visibleReports(of: pupil),
            portalURL: teleservice.service.portalURL)
        return PageResponse(page.inside(teleservice.layout, parent)).response
    }

    /// A document that is not there, not of the parent's children or not visible: one and the same
    /// 404.
    private func document(_ id: String, _ request: Request) async throws -> Response {
        let query = try RequestForm.query(request)
        guard let parent = teleservice.signedIn(request) else {
            return teleservice.signInFirst(child: nil)
        }
        guard let report = teleservice.service.reports.report(id),
            let pupil = parent.session.pupils.first(where: { $0.ine == report.ine }),
            visibleReports(of: pupil).contains(report)
        else { throw HTTPError(.notFound) }
        let printed = ReportDocument(report: report, pupil: pupil)
        let pdf = try await teleservice.printers.run { try printed.document.pdf() }
        let disposition = query[Self.saveParameter] == nil ? "inline" : "attachment"
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/pdf",
                .contentDisposition: "\(disposition); filename=\"\(printed.fileName)\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: pdf)))
    }

    private func visibleReports(of pupil: Pupil) -> [Report] {
        guard let ine = pupil.ine else { return [] }
        let all = teleservice.service.reports.reports(of: ine)
        let today = CalendarDay(inFranceAt: teleservice.environment.now())
        return VisibleReports.of(
            all, level: VisibleReports.level(stated: pupil.level, all, on: today))
    }
}
