import HTTPTypes
import Hummingbird
import Tokens

/// A file that is compiled into the program. Its address holds a hash of its bytes, so that browsers
/// may keep it for good and a new version gets a new address.
public struct StaticFile: Sendable {
    /// `/static/<name>-<hash>.<extension>`
    public let path: String
    public let contentType: String
    let fileName: String
    let bytes: ByteBuffer
    let entityTag: String

    public init(name: String, extension suffix: String, contentType: String, bytes: [UInt8]) {
        let hash = Base64URL.encode(Array(Digest.sha256(bytes).bytes.prefix(9)))
        fileName = "\(name)-\(hash).\(suffix)"
        path = "/static/\(fileName)"
        entityTag = "\"\(hash)\""
        self.contentType = contentType
        self.bytes = ByteBuffer(bytes: bytes)
    }
}

/// What the pages of every program need besides markup.
public enum StaticFiles {
    public static let styleSheet = StaticFile(
        name: "style", extension: "css", contentType: "text/css; charset=utf-8",
        bytes: StyleSheet.bytes)
    /// Sends the form of a `FormPostPage` at once.
    public static let submitScript = StaticFile(
        name: "submit", extension: "js", contentType: "text/javascript; charset=utf-8",
        bytes: Array("document.getElementById(\"form-post\").submit();\n".utf8))
    public static let icon = StaticFile(
        name: "icon", extension: "svg", contentType: "image/svg+xml", bytes: Artwork.icon)

    /// Serves these files, and a program's own besides, below `/static/`; anything else there is 404.
    public static func addRoutes(to router: Router<ServingContext>, besides own: [StaticFile] = [])
    {
        let files = Dictionary(
            ([styleSheet, submitScript, icon] + own).map { ($0.fileName, $0) },
            uniquingKeysWith: { first, _ in first })
        router.get("/static/:file") { request, context in
            guard let name = context.parameters.get("file"), let file = files[name] else {
                throw HTTPError(.notFound)
            }
            return file.response(to: request)
        }
        // Browsers ask for this where a document (a PDF) can't name an icon.
        router.get("/favicon.ico") { request, _ in icon.response(to: request, keep: aDay) }
    }

    private static let aDay = "public, max-age=86400"
}

extension StaticFile {
    private static let forGood = "public, max-age=31536000, immutable"

    func response(to request: Request, keep: String = forGood) -> Response {
        let headers: HTTPFields = [
            .contentType: contentType, .cacheControl: keep, .eTag: entityTag,
        ]
        let known = request.headers[.ifNoneMatch]
        guard known != entityTag, known != "*" else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}
