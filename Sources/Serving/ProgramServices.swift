import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the parts of a program that live as long as it does.
public enum ProgramServices {
    /// Runs `services` until one of them fails, or SIGTERM or SIGINT asks for a graceful stop: then they
    /// stop in reverse order, the listener draining first where it is the last. Returning means exit
    /// status 0 (security.md 5.7).
    public static func runUntilSignal(_ services: [any Service], log: Logger) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }
}
