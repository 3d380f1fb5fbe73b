import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// `/simulateur/conduite`: where tests say what shall go wrong. It exists only where the program was
/// started with `--misbehave`, and answers only to this machine.
struct ConductRoutes: Sendable {
    static let path = "/simulateur/conduite"
    private static let bytesMax = 4_096

    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(Self.path)) { _, context in
            try check(context)
            return answer()
        }
        router.post(RouterPath(Self.path)) { request, context in
            try check(context)
            return try await set(request)
        }
    }

    private func check(_ context: ServingContext) throws {
        guard LoopbackPeers.contains(context.peer) else { throw HTTPError(.forbidden) }
    }

    private func set(_ request: Request) async throws -> Response {
        // A page of another site could post a form, but no JSON.
        guard request.headers[.contentType] == "application/json",
            !FormOrigin(of: simulator.configuration.issuer).isForeign(request.headers)
        else { throw HTTPError(.unsupportedMediaType) }
        let body = try await request.body.collect(upTo: Self.bytesMax)
        do throws(ConfigurationErrors) {
            let json: JSON
            do {
                json = try JSON(parsing: Array(buffer: body))
            } catch {
                throw ConfigurationErrors(["not JSON"])
            }
            var state = try Conduct.State(json)
            if let stranger = state.amended.first(where: {
                simulator.identities.identity($0)?.login != $0
            }) {
                throw ConfigurationErrors(["amended: nobody has the login \(stranger)"])
            }
            let rotates = state.misbehaviours.removeValue(forKey: .keys) != nil
            simulator.conduct.current = state
            if rotates { try rotate() }
            return answer()
        } catch {
            let errors = JSON.object(["errors": .array(error.errors.map(JSON.string))])
            return JSONResponse(errors.serialized(), status: .badRequest).response
        }
    }

    private func rotate() throws(ConfigurationErrors) {
        do {
            try simulator.keys.rotate(at: simulator.environment.now())
        } catch {
            throw ConfigurationErrors(["keys: \(error)"])
        }
    }

    private func answer() -> Response {
        JSONResponse(simulator.conduct.current.json.serialized()).response
    }
}
