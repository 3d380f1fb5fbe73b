import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// What can go wrong with an answer whatever it says.
struct LineFaults: Sendable {
    /// Marks an answer that `SlowLine` is to send by drops.
    static let trickle = "X-Simulateur-Debit"
    private static let hang = Duration.seconds(70)
    private static let hugeByteCount = 100 * 1024 * 1024

    let conduct: Conduct

    /// The answer of `honest`, or what comes in its place.
    func answer(
        at place: Misbehaviour.Place, _ honest: () async throws -> Response
    ) async throws -> Response {
        switch conduct.misbehaviour(at: place) {
        case .error500?: throw HTTPError(.internalServerError)
        case .hang?:
            try await Task.sleep(for: Self.hang)
            throw HTTPError(.serviceUnavailable)
        case .html?:
            return Self.body(Array("<!DOCTYPE html><title>Maintenance</title>".utf8), "text/html")
        case .invalidJSON?: return Self.body(Array("{\"issuer\": ".utf8), "application/json")
        case .huge?:
            let spaces = ByteBuffer(repeating: UInt8(ascii: " "), count: Self.hugeByteCount)
            return JSONResponse(spaces).response
        case .slow1?:
            try await Task.sleep(for: .seconds(1))
            return try await honest()
        case .slow10?:
            try await Task.sleep(for: .seconds(10))
            return try await honest()
        case .trickle?:
            var response = try await honest()
            if let name = HTTPField.Name(Self.trickle) { response.headers[name] = "1" }
            return response
        case .wrongIssuer?, .wrongAudience?, .wrongNonce?, .wrongSubject?, .wrongAlgorithm?,
            .symmetric?, .unsigned?, .foreignKey?, .unknownKey?, .expired?, .noACR?, .lowerACR?,
            .plainJSON?, .missingIssuer?, .otherIssuer?, .otherState?, .serverError?,
            .temporarilyUnavailable?, .accessDenied?, .legacyError?, .codeTwice?, .noKeyIDs?,
            .duplicateKeys?, .rotate?, nil:
            return try await honest()
        }
    }

    private static func body(_ bytes: [UInt8], _ type: String) -> Response {
        JSONResponse(bytes, headers: [.contentType: type]).response
    }
}
