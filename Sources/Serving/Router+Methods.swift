import HTTPTypes
import Hummingbird

extension Router where Context == ServingContext {
    /// A router as our programs use it: HEAD answers wherever GET does.
    public static func serving() -> Router<ServingContext> {
        Router(context: ServingContext.self, options: [.autoGenerateHeadEndpoints])
    }

    /// Answers every other method of the paths known so far with 405 and `Allow`, rather than as if the
    /// path did not exist (RFC 9110 §15.5.6, ASVS V4.1.4). Call it once, after the last route.
    ///
    /// - Parameter roots: paths such as `/authorize` where, and below which, a GET may change something:
    ///   HEAD is refused there too, since whoever sends it expects nothing to happen (§9.2.1).
    public func refuseOtherMethods(withoutHeadAt roots: [String] = []) {
        var methods: [String: (path: RouterPath, methods: Set<HTTPRequest.Method>)] = [:]
        for route in routes {
            methods[route.path.description, default: (route.path, [])].methods.insert(route.method)
        }
        for (path, known) in methods {
            var allowed = known.methods
            let takesHead = !roots.contains { path == $0 || path.hasPrefix($0 + "/") }
            if takesHead && allowed.contains(.get) { allowed.insert(.head) }
            let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.commonMethods where !allowed.contains(method) {
                on(known.path, method: method) { _, _ -> Response in
                    throw HTTPError(.methodNotAllowed, headers: [.allow: allow])
                }
            }
        }
    }

    private static var commonMethods: [HTTPRequest.Method] {
        [.get, .head, .post, .put, .delete, .patch, .options, .trace]
    }
}
