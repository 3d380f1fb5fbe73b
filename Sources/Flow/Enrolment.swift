import FoundationEssentials
import Store

/// Who may be enrolled by journey A or B (journeys.md §8.2 no. 7).
///
/// The candidates come from the store, by all the numbers that the typed one can mean.
public enum EnrolmentChoice: Sendable, Equatable {
    /// Nobody, or more than one person: both are « not recognised ».
    case nobody
    /// These belong to an account that is active already. B says so; A goes on with them and links.
    case alreadyActive([EnrolmentCandidate])
    /// One person, whose children are listed and whose account opens.
    case open([EnrolmentCandidate])

    /// Journey B.
    public init(_ candidates: [EnrolmentCandidate], lastName: String, firstName: String) {
        self.init(candidates) {
            IdentityMatch.ofTyped(lastName: lastName, firstName: firstName, with: $0)
        }
    }

    /// Journey A.
    public init(_ candidates: [EnrolmentCandidate], names: PivotNames) {
        self.init(candidates) { IdentityMatch.ofPivot(names, with: $0) }
    }

    private init(_ candidates: [EnrolmentCandidate], match: (Guardian) -> IdentityMatch) {
        let matching = candidates.filter {
            $0.account.state != .closed && match($0.guardian) == .strong
        }
        // Each with each: a record without a birth name agrees with two that differ.
        let isOnePerson = matching.indices.allSatisfy { index in
            matching[..<index].allSatisfy {
                IdentityMatch.isOnePerson($0.guardian, matching[index].guardian)
            }
        }
        guard !matching.isEmpty, isOnePerson else {
            self = .nobody
            return
        }
        let active = matching.filter { $0.account.state == .active }
        self = active.isEmpty ? .open(matching) : .alreadyActive(active)
    }
}

/// What the last step of journey A or B does, decided on the accounts as they are then.
public enum EnrolmentEnd: Sendable, Equatable {
    /// Nothing: no account is open, or B finds one active that was not before.
    case refused
    /// Journey A: the identity is linked to this active account, and nothing is absorbed.
    case link(Account)
    /// This one becomes active; the others of the same person close into it (T15).
    case activate(Account, absorbing: [Account])

    public enum Journey: Sendable {
        case franceConnect, selfEnrolment
    }

    /// - Parameter accounts: those of the candidates that were chosen, read anew.
    public init(_ accounts: [Account], _ journey: Journey) {
        var open: [Account] = []
        for account in accounts where account.state != .closed {
            if !open.contains(where: { $0.id == account.id }) { open.append(account) }
        }
        let active = open.filter { $0.state == .active }
        if !active.isEmpty {
            switch journey {
            // Of several, the one in use.
            case .franceConnect:
                self = active.max(by: Self.isUsedEarlier).map(EnrolmentEnd.link) ?? .refused
            case .selfEnrolment: self = .refused
            }
            return
        }
        guard let kept = open.max(by: Self.isLessFit) else {
            self = .refused
            return
        }
        self = .activate(kept, absorbing: open.filter { $0.id != kept.id })
    }

    private static func isUsedEarlier(_ one: Account, _ other: Account) -> Bool {
        let (mine, others) = (one.lastAccessAt ?? .distantPast, other.lastAccessAt ?? .distantPast)
        return mine == others ? isYounger(one, other) : mine < others
    }

    /// Activating before the rest; then the one notified last; then the oldest.
    private static func isLessFit(_ one: Account, _ other: Account) -> Bool {
        let (mine, others) = (one.state == .activating, other.state == .activating)
        if mine != others { return others }
        let (notified, otherNotified) = (
            one.distributionDate ?? .distantPast, other.distributionDate ?? .distantPast
        )
        return notified == otherNotified ? isYounger(one, other) : notified < otherNotified
    }

    private static func isYounger(_ one: Account, _ other: Account) -> Bool {
        one.createdAt == other.createdAt
            ? one.id.text > other.id.text : one.createdAt > other.createdAt
    }
}
