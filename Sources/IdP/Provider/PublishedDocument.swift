import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Serving
import Synchronization
import Tokens

/// A JSON document for everybody, made of the key ring: written once, sent many times.
///
/// It is made anew when the folder of keys has been read again, and after a while in any case, since
/// what a key may do changes with the time alone.
final class PublishedDocument: Sendable {
    private struct Version: Sendable {
        let keyRing: KeyRing
        let madeAt: Date
        let body: ByteBuffer
        let entityTag: String
        let headers: HTTPFields
    }

    static let remadeAfter = Duration.seconds(10)

    private let maxAge: Duration
    private let make: @Sendable (KeyRing, Date) -> [UInt8]
    private let present = Mutex<Version?>(nil)

    /// - Parameter maxAge: how long anybody may keep a copy.
    init(maxAge: Duration, make: @escaping @Sendable (KeyRing, Date) -> [UInt8]) {
        self.maxAge = maxAge
        self.make = make
    }

    /// The document, or 304 to who has it already (RFC 9110 §13.1.2).
    func answer(_ request: Request, _ keyRing: KeyRing, at now: Date) -> Response {
        let version = version(keyRing, at: now)
        if let known = request.headers[.ifNoneMatch], Self.names(known, version.entityTag) {
            return Response(status: .notModified, headers: version.headers)
        }
        return JSONResponse(version.body, headers: version.headers).response
    }

    private func version(_ keyRing: KeyRing, at now: Date) -> Version {
        present.withLock { present in
            if let version = present, version.keyRing === keyRing, version.madeAt <= now,
                now < version.madeAt.addingTimeInterval(Double(Self.remadeAfter.components.seconds))
            {
                return version
            }
            let version = makeVersion(keyRing, at: now)
            present = version
            return version
        }
    }

    private func makeVersion(_ keyRing: KeyRing, at now: Date) -> Version {
        let bytes = make(keyRing, now)
        let tag = "\"" + Base64URL.encode(Array(Digest.sha256(bytes).bytes.prefix(12))) + "\""
        return Version(
            keyRing: keyRing, madeAt: now, body: ByteBuffer(bytes: bytes), entityTag: tag,
            headers: [
                .contentType: "application/json",
                .cacheControl: "public, max-age=\(maxAge.components.seconds)",
                .eTag: tag,
                // Nothing in it is secret, and teleservices in the browser read it too.
                .accessControlAllowOrigin: "*",
                .crossOriginResourcePolicy: "cross-origin",
            ])
    }

    private static func names(_ field: String, _ tag: String) -> Bool {
        field.split(separator: ",").contains { part in
            let text = part.drop { $0 == " " }.prefix { $0 != " " }
            return text == "*" || text == tag || text.dropFirst(2) == tag && text.hasPrefix("W/")
        }
    }
}
