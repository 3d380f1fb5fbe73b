import Store
import Tokens

/// What is counted of people who lost identifier or password.
extension AttemptLimit {
    /// What somebody typed to be found by.
    public enum Typed: Sendable, Equatable {
        case address(String)
        case number(MobileNumber)
        /// As it would be stored.
        case identifier(String)

        /// An address is one whatever its capitals.
        var place: String {
            switch self {
            case .address(let address): "address|" + address.lowercased()
            case .number(let number): "number|" + number.e164
            case .identifier(let identifier): "identifier|" + identifier
            }
        }
    }

    /// A form of ID-1 or PWD-1, counted before anything is looked up, by what was typed: what nobody has
    /// counts like any other (SR-45, SR-46).
    ///
    /// - Parameter typed: all that the typed text can mean.
    public static func recoveryForms(
        _ typed: [Typed], network: String, _ limits: Policy.RecoveryLimits
    ) -> [AttemptRule] {
        forms(
            "recovery", about: typed.map(\.place), network: network,
            ofNetwork: limits.formsPerNetworkAnHour, ofEach: limits.formsAnHour,
            ofEachAndNetwork: limits.formsFromOneNetworkAnHour)
    }

    /// A mail that somebody asked for who has proved nothing: M-2, or M-3. It costs nothing and goes to
    /// its owner, so none is refused for what others ask for elsewhere: as with codes, one network takes
    /// three of a day's five (SR-45, SR-53).
    public static func recoveryMails(
        to typed: Typed, network: String, interval: Duration, _ limits: Policy.SendLimits
    ) -> [AttemptRule] {
        sends(
            to: "recovery mail|" + typed.place, person: "", network: network, interval: interval,
            limits)
    }

    /// A try of PWD-3: the identifier that the form names, against the one that the proof is about. One
    /// that is right is given back; after the last miss the proof is worth nothing (security.md 4.24).
    ///
    /// - Parameters:
    ///   - proof: the link, or the flow in which the code was right.
    ///   - lifetime: of the proof.
    public static func resetTries(
        proof: [UInt8], lifetime: Duration, _ limits: Policy.RecoveryLimits
    ) -> AttemptRule {
        AttemptRule(
            key: key("reset|" + Base64URL.encode(proof)), windowSeconds: lifetime.wholeSeconds,
            maximum: limits.missesPerProof)
    }
}
