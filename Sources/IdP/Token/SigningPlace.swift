import Serving
import Tokens
import Web

/// A place to sign in, taken before the store is asked: a code is not spent for an answer that
/// nobody has time to sign.
///
/// ES256 and EdDSA take some tens of microseconds and run where they are asked for; RSA takes most of
/// a millisecond and runs on the pool.
struct SigningPlace: ~Copyable, Sendable {
    private let place: WorkerPool.Place?

    /// Throws `WorkerPool.Busy` when too many signatures wait.
    init(for algorithm: Algorithm, on pool: WorkerPool) throws {
        switch algorithm {
        case .rs256, .ps256: place = try pool.place()
        case .es256, .edDSA: place = nil
        }
    }

    borrowing func run(_ sign: @escaping @Sendable () throws -> String) async throws -> String {
        switch place {
        case .some(let place): try await place.run(sign)
        case .none: try sign()
        }
    }
}
