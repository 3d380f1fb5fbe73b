import Serving
import Synchronization
import Tokens

/// How the simulator behaves now: well, unless a test has asked for something else.
final class Conduct: Sendable {
    struct State: Sendable, Equatable {
        var misbehaviours: [Misbehaviour.Place: Misbehaviour] = [:]
        /// Logins of people whose civil status has been amended.
        var amended: Set<String> = []

        /// The whole document that a test sends: what it does not name is well again.
        ///
        /// `{"userinfo": "unsigned", "amended": ["test"]}`
        init(_ json: JSON) throws(ConfigurationErrors) {
            let reader = ObjectReader(json)
            for place in Misbehaviour.Place.allCases where reader.has(place.rawValue) {
                misbehaviours[place] = reader.choice(place.rawValue) { name in
                    place.misbehaviours.first { $0.rawValue == name }
                }
            }
            amended = Set(reader.strings("amended"))
            try reader.finish()
        }

        init() {}

        var json: JSON {
            var members: [String: JSON] = [:]
            for (place, misbehaviour) in misbehaviours {
                members[place.rawValue] = .string(misbehaviour.rawValue)
            }
            if !amended.isEmpty { members["amended"] = .array(amended.sorted().map(JSON.string)) }
            return .object(members)
        }
    }

    private let state = Mutex(State())

    var current: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// What goes wrong there; nil where all is well.
    func misbehaviour(at place: Misbehaviour.Place) -> Misbehaviour? {
        state.withLock { $0.misbehaviours[place] }
    }

    /// The person as the civil register knows them today.
    func present(_ identity: Identity) -> Identity {
        state.withLock { $0.amended.contains(identity.login) } ? identity.amended : identity
    }
}
