import FoundationEssentials
import Flow
import Store
import Web

extension StepContext {
    /// The note of a proof, a refusal or a change (SR-63). Never holds a code, a password or a birth
    /// date.
    func audit(_ kind: String, _ account: Account.ID?, _ detail: String = "") -> Change {
        .audit(
            AuditEvent(
                id: desk.makeID(at: now), at: now, kind: kind, account: account,
                client: client.id, network: network, detail: detail))
    }
}
