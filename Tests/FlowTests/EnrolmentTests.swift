import Flow
import FoundationEssentials
import Store
import Testing

@Suite("Who may be enrolled")
struct EnrolmentTests {
    /// A record and its account, told apart by their number.
    static func candidate(
        _ number: UInt8, _ state: AccountState = .notNotified, last: String = "DURANT",
        first: String = "Valéry", born: String? = nil, civility: String = "MME",
        notified: Double? = nil, made: Double = 0, used: Double? = nil, account: UInt8? = nil
    ) throws -> EnrolmentCandidate {
        let day = { (count: Double) in Samples.now + .seconds(count * 86_400) }
        let id = try #require(
            Account.ID(bytes: [UInt8](repeating: account ?? number, count: 16)))
        var guardian = try IdentityMatchTests.guardian(
            last, first, born: born, civility, number: number)
        guardian.account = id
        return EnrolmentCandidate(
            guardian: guardian,
            account: Account(
                id: id, identifier: "v.durant\(number)", state: state,
                distributionDate: notified.map(day), lastAccessAt: used.map(day),
                closedAt: state == .closed ? Samples.now : nil, createdAt: day(made),
                updatedAt: Samples.now))
    }

    private func choice(_ candidates: [EnrolmentCandidate]) -> EnrolmentChoice {
        EnrolmentChoice(candidates, lastName: "Durant", firstName: "Valery")
    }

    @Test("is the record that agrees strongly, of all with that number (J-§8.2 no. 7)")
    func one() throws {
        let mother = try Self.candidate(1)
        let father = try Self.candidate(2, first: "Guillaume", civility: "M.")
        let sister = try Self.candidate(3, last: "DURANT LEROY")
        #expect(choice([father, mother, sister]) == .open([mother]))
    }

    @Test("is nobody where the names agree weakly, or not at all")
    func nobody() throws {
        #expect(choice([]) == .nobody)
        #expect(choice([try Self.candidate(1, last: "DURANT LEROY")]) == .nobody)
        #expect(choice([try Self.candidate(1, first: "Valérie")]) == .nobody)
    }

    @Test("is one person's several records, with all their children")
    func duplicates() throws {
        let both = [try Self.candidate(1, .activating), try Self.candidate(2)]
        #expect(choice(both) == .open(both))
    }

    @Test("is nobody where the records may be of two people")
    func twoPeople() throws {
        let parents = [try Self.candidate(1), try Self.candidate(2, civility: "M.")]
        #expect(choice(parents) == .nobody)
        // The record without a birth name agrees with both; they don't with each other.
        let three = [
            try Self.candidate(1), try Self.candidate(2, born: "LEROY"),
            try Self.candidate(3, born: "FAGOT"),
        ]
        #expect(choice(three) == .nobody)
        #expect(choice(Array(three.prefix(2))) == .open(Array(three.prefix(2))))
        // Both tried names fit, but of two different records.
        let names = PivotNames(
            familyName: "LEROY", preferredUsername: "DURANT", givenNames: ["Valéry"],
            givenName: "Valéry")
        let records = [try Self.candidate(1), try Self.candidate(2, last: "LEROY")]
        #expect(EnrolmentChoice(records, names: names) == .nobody)
    }

    @Test("is told to be active already where one of them is (J-B-10)")
    func alreadyActive() throws {
        let active = try Self.candidate(1, .active)
        #expect(choice([active, try Self.candidate(2)]) == .alreadyActive([active]))
        let names = PivotNames(familyName: "DURANT", givenNames: ["Valéry"], givenName: "Valéry")
        #expect(
            EnrolmentChoice([try Self.candidate(2), active], names: names)
                == .alreadyActive([active]))
    }

    @Test("is nobody behind a closed account")
    func closed() throws {
        #expect(choice([try Self.candidate(1, .closed)]) == .nobody)
        let open = try Self.candidate(2)
        #expect(choice([try Self.candidate(1, .closed), open]) == .open([open]))
    }

    @Test("the account kept is the activating one, else the one notified last, else the oldest")
    func kept() throws {
        let oldest = try Self.candidate(1, .notifiedNotActivated, notified: 2, made: -9).account
        let last = try Self.candidate(2, .notifiedNotActivated, notified: 5, made: -1).account
        let fresh = try Self.candidate(3, made: -20).account
        let older = try Self.candidate(4, made: -30).account
        let activating = try Self.candidate(5, .activating, notified: 1).account
        let all = [oldest, last, fresh, older, activating]
        for accounts in [all, all.reversed()] {
            for journey in [EnrolmentEnd.Journey.franceConnect, .selfEnrolment] {
                #expect(
                    EnrolmentEnd(accounts, journey)
                        == .activate(activating, absorbing: accounts.filter { $0 != activating }))
                let notified = accounts.filter { $0 != activating }
                #expect(
                    EnrolmentEnd(notified, journey)
                        == .activate(last, absorbing: notified.filter { $0 != last }))
            }
        }
        #expect(
            EnrolmentEnd([fresh, older], .selfEnrolment) == .activate(older, absorbing: [fresh]))
    }

    @Test("an account of several records is one account")
    func sharedAccount() throws {
        let records = [try Self.candidate(1), try Self.candidate(2, account: 1)].map(\.account)
        guard
            case .activate(let kept, absorbing: let others) = EnrolmentEnd(records, .selfEnrolment)
        else {
            Issue.record("refused")
            return
        }
        #expect(kept.id == records.first?.id)
        #expect(others.isEmpty)
    }

    @Test("an active account is linked to by journey A and absorbs nothing; journey B refuses")
    func active() throws {
        let unused = try Self.candidate(1, .active, made: -9).account
        let used = try Self.candidate(2, .active, used: 3).account
        let open = try Self.candidate(3, .activating).account
        #expect(EnrolmentEnd([unused, open, used], .franceConnect) == .link(used))
        #expect(EnrolmentEnd([open, unused], .franceConnect) == .link(unused))
        #expect(EnrolmentEnd([unused, open], .selfEnrolment) == .refused)
    }

    @Test("nothing comes of closed accounts")
    func nothing() throws {
        let closed = try Self.candidate(1, .closed).account
        #expect(EnrolmentEnd([closed], .franceConnect) == .refused)
        #expect(EnrolmentEnd([], .selfEnrolment) == .refused)
        let open = try Self.candidate(2).account
        #expect(EnrolmentEnd([closed, open], .franceConnect) == .activate(open, absorbing: []))
    }
}
