import Flow
import FoundationEssentials
import Logging
import Serving
import ServiceLifecycle
import Store

/// Deletes what has expired, in small steps, so that every table stays bounded and nobody waits for a
/// sweep (SR-67).
struct Sweeper: Service {
    let store: IdentityStore
    let environment: ServerEnvironment
    let auditRetention: Duration

    private static let pause = Duration.seconds(10)
    /// Rows a transaction: a few milliseconds of the one writer.
    private static let stepRows = 200
    private static let pauseBetweenSteps = Duration.milliseconds(20)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let hasMore = await sweep()
                let pause = hasMore ? Self.pauseBetweenSteps : Self.pause
                guard (try? await Task.sleep(for: pause)) != nil else { return }
            }
        }
    }

    private func sweep() async -> Bool {
        let now = environment.now()
        do {
            return try await store.write {
                try $0.sweep(
                    limit: Self.stepRows, auditRetention: Double(auditRetention.wholeSeconds),
                    at: now)
            }.hasMore
        } catch {
            environment.log.error("sweep failed", metadata: ["cause": "\(error)"])
            return false
        }
    }
}
