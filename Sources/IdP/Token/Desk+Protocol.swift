import FoundationEssentials
import Flow
import Store
import Web

extension Desk {
    /// Writes down something that must be provable later (SR-63), after the transaction that found it:
    /// these are rare, and the ordinary request draws no identifier for them.
    func audit(_ kind: AuditKind, _ request: TokenRequest, detail: String) async throws {
        let event = AuditEvent(
            id: makeID(at: request.now), at: request.now, kind: kind,
            client: request.client.client.id, network: request.network, detail: detail)
        try await store.write { try $0.append(event) }
    }
}

extension Date {
    /// Whole seconds from `now` to here, at least 1: what `expires_in` says.
    func secondsLeft(at now: Date) -> Int64 {
        max(1, Int64(timeIntervalSince(now)))
    }
}
