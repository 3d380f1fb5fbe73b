import Flow
import FoundationEssentials
import Store
import Testing

/// The kinds of password that an account can have, and accounts of each.
enum PasswordKind: String, CaseIterable {
    case none, provisional, expired, own, flagged

    static let now = Samples.now
    static let old = ProvisionalPassword(hash: "old hash", sealed: [1])
    static let new = ProvisionalPassword(hash: "new hash", sealed: [2])

    func account(_ state: AccountState) throws -> Account {
        var account = Account(
            id: try #require(Account.ID(bytes: [UInt8](repeating: 7, count: 16))),
            identifier: "v.durant1", state: state, pendingEmail: "pending@example.org",
            createdAt: Self.now - .seconds(400 * 86_400), updatedAt: Self.now)
        if state == .closed { account.closedAt = Self.now - .seconds(86_400) }
        switch self {
        case .none: break
        case .provisional, .expired:
            account.provisionalPasswordHash = Self.old.hash
            account.provisionalPasswordSealed = Self.old.sealed
            account.provisionalPasswordAt =
                Self.now - .seconds(self == .expired ? 100 * 86_400 : 86_400)
        case .own, .flagged:
            account.passwordHash = "own hash"
            account.passwordChangedAt = Self.now - .seconds(86_400)
            if self == .flagged { account.mustChangeSince = Self.now - .seconds(60) }
        }
        return account
    }
}

@Suite("What happens to an account")
struct AccountEventTests {
    static let policy = Policy(profile: .educonnect)
    static let now = PasswordKind.now
    static let main = Account.ID(at: now, random: [9])

    static let events: [(name: String, event: AccountEvent)] = [
        ("notified", .notified(PasswordKind.new)),
        ("notified, reset", .notifiedWithReset(PasswordKind.new)),
        ("reset", .passwordReset(PasswordKind.new)),
        ("expired", .provisionalPasswordExpired),
        ("activation", .activationSubmitted(passwordHash: "chosen", address: "new@example.org")),
        ("address confirmed", .addressConfirmed("pending@example.org")),
        ("other confirmed", .addressConfirmed("other@example.org")),
        ("address kept", .addressGiven("pending@example.org")),
        ("address corrected", .addressGiven("new@example.org")),
        ("FranceConnect", .enrolledByFranceConnect),
        ("self-enrolled", .selfEnrolled(passwordHash: "chosen")),
        ("replaced", .passwordReplaced(passwordHash: "chosen", address: "new@example.org")),
        ("changed", .passwordChanged(passwordHash: "chosen")),
        ("recovered", .passwordRecovered(passwordHash: "chosen")),
        ("restored", .restored(.active)),
        ("no child", .lastChildLeft),
    ]

    /// A line an event and state; a column a kind of password: none, provisional, expired, own, flagged.
    /// `T…` names the transition, `§` a rule beside the table (§4.3: the letter recalls the identifier;
    /// §8.2 no. 8: an identity is linked; §3.7.2: a change of address; §3.9: a lost password); the rest
    /// are refusals.
    static let table = """
        notified          | notNotified          | T2 T2 T2 T2 T2
        notified          | notifiedNotActivated | T3n T3 T3n T3n T3n
        notified          | activating           | §4.3 §4.3 §4.3 §4.3 §4.3
        notified          | active               | T11 T11 T11 T11 T11
        notified, reset   | notNotified          | T2 T2 T2 T2 T2
        notified, reset   | notifiedNotActivated | T4 T4 T4 T4 T4
        notified, reset   | activating           | T14 T14 T14 T14 T14
        notified, reset   | active               | T12 T12 T12 T12 T12
        reset             | notNotified          | never never never never never
        reset             | notifiedNotActivated | T4r T4r T4r T4r T4r
        reset             | activating           | T14r T14r T14r T14r T14r
        reset             | active               | T12r T12r T12r T12r T12r
        expired           | notNotified          | not not T5 not not
        expired           | notifiedNotActivated | not not T5 not not
        expired           | activating           | not not T5 not not
        expired           | active               | not not T5 not not
        activation        | notNotified          | not not not not not
        activation        | notifiedNotActivated | not T6 out not not
        activation        | activating           | not not not not not
        activation        | active               | not not not not not
        address confirmed | notNotified          | not not not not not
        address confirmed | notifiedNotActivated | not not not not not
        address confirmed | activating           | T7 T7 T7 T7 T7
        address confirmed | active               | §3.7.2 §3.7.2 §3.7.2 §3.7.2 §3.7.2
        other confirmed   | notNotified          | not not not not not
        other confirmed   | notifiedNotActivated | not not not not not
        other confirmed   | activating           | other other other other other
        other confirmed   | active               | other other other other other
        address kept      | notNotified          | not not not not not
        address kept      | notifiedNotActivated | not not not not not
        address kept      | activating           | T8 T8 T8 T8 T8
        address kept      | active               | T8 T8 T8 T8 T8
        address corrected | notNotified          | not not not not not
        address corrected | notifiedNotActivated | not not not not not
        address corrected | activating           | T8c T8c T8c T8c T8c
        address corrected | active               | T8c T8c T8c T8c T8c
        FranceConnect     | notNotified          | T9 T9 T9 T9 T9
        FranceConnect     | notifiedNotActivated | T9 T9 T9 T9 T9
        FranceConnect     | activating           | T9 T9 T9 T9 T9
        FranceConnect     | active               | §8.2 §8.2 §8.2 §8.2 §8.2
        self-enrolled     | notNotified          | T10 T10 T10 T10 T10
        self-enrolled     | notifiedNotActivated | T10 T10 T10 T10 T10
        self-enrolled     | activating           | T10 T10 T10 T10 T10
        self-enrolled     | active               | already already already already already
        replaced          | notNotified          | not not not not not
        replaced          | notifiedNotActivated | not not not not not
        replaced          | activating           | not not not not T12b
        replaced          | active               | not T12b out not T12b
        changed           | notNotified          | not not not not not
        changed           | notifiedNotActivated | not not not not not
        changed           | activating           | not not not not not
        changed           | active               | not not not T13 T13
        recovered         | notNotified          | not not not not not
        recovered         | notifiedNotActivated | not not not not not
        recovered         | activating           | not not not not not
        recovered         | active               | §3.9 §3.9 §3.9 §3.9 §3.9
        restored          | notNotified          | not not not not not
        restored          | notifiedNotActivated | not not not not not
        restored          | activating           | not not not not not
        restored          | active               | not not not not not
        restored          | closed               | T16 T16 T16 T16 T16
        no child          | notNotified          | T17 T17 T17 T17 T17
        no child          | notifiedNotActivated | T17 T17 T17 T17 T17
        no child          | activating           | T17 T17 T17 T17 T17
        no child          | active               | T17 T17 T17 T17 T17
        """

    /// The table's word for every event, state and kind. A closed account refuses all but T16.
    static func expected() throws -> [String: String] {
        var words: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimming() }
            let columns = cells[2].split(separator: " ").map(String.init)
            try #require(columns.count == PasswordKind.allCases.count)
            for (kind, word) in zip(PasswordKind.allCases, columns) {
                words["\(cells[0])|\(cells[1])|\(kind)"] = word
            }
        }
        for (name, _) in events where name != "restored" {
            for kind in PasswordKind.allCases { words["\(name)|closed|\(kind)"] = "closed" }
        }
        return words
    }

    @Test("is what the table T2–T17 says, for every state, kind of password and event (J-F-10)")
    func everyPair() throws {
        let expected = try Self.expected()
        var count = 0
        for (name, event) in Self.events {
            for state in AccountState.allCases {
                for kind in PasswordKind.allCases {
                    let account = try kind.account(state)
                    let word = try #require(expected["\(name)|\(state)|\(kind)"])
                    let transition = event.applying(to: account, at: Self.now, Self.policy)
                    #expect(
                        transition == Self.transition(word, of: account),
                        "\(name) of \(state), \(kind)")
                    count += 1
                }
            }
        }
        #expect(count == expected.count)
    }

    @Test(
        "has another origin by the school's notification and by the journey that opens it, whatever it was before (J-F-11)",
        arguments: AccountOrigin.allCases)
    func origins(_ before: AccountOrigin) throws {
        var account = try PasswordKind.provisional.account(.notNotified)
        account.origin = before
        for (name, event) in Self.events {
            guard
                case .becomes(let next, _, _) = event.applying(
                    to: account, at: Self.now, Self.policy)
            else { continue }
            let expected: AccountOrigin =
                switch name {
                case "notified", "notified, reset": .school
                case "self-enrolled": .guardian
                case "FranceConnect": .franceConnect
                default: before
                }
            #expect(next.origin == expected, "\(name)")
        }
    }

    /// What a word of the table makes of an account, told field by field.
    private static func transition(_ word: String, of account: Account) -> AccountTransition {
        if let refusal = refusals[word] { return .refused(refusal) }
        var next = account
        var ends: SessionEndReason?
        var voidsLinks = true
        switch word {
        case "T2": given(&next, .notifiedNotActivated, isNotified: true)
        case "T3", "T3n":
            if word == "T3n" {
                given(&next, account.state, isNotified: true)
                ends = .endedByStaff
            }
            (next.origin, next.distributionDate, next.provisionalPasswordAt) = (.school, now, now)
        case "§4.3": (next.origin, next.distributionDate) = (.school, now)
        case "T11": next.distributionDate = now
        case "T4", "T4r", "T14", "T14r":
            given(&next, .notifiedNotActivated, isNotified: !word.hasSuffix("r"))
            next.pendingEmail = nil
            ends = .endedByStaff
        case "T12", "T12r":
            given(&next, .active, isNotified: !word.hasSuffix("r"))
            (next.origin, next.pendingEmail) = (account.origin, nil)
            ends = .endedByStaff
        case "T5": next.provisionalPasswordSealed = nil
        case "T6":
            chosen(&next, .activating)
            next.pendingEmail = "new@example.org"
            ends = .passwordChanged
        case "T7", "§3.7.2":
            (next.state, next.email, next.pendingEmail) = (.active, "pending@example.org", nil)
        case "T8": voidsLinks = false
        case "T8c": next.pendingEmail = "new@example.org"
        case "T9", "T10":
            chosen(&next, .active)
            if word == "T9" { (next.passwordHash, next.passwordChangedAt) = (nil, nil) }
            (next.origin, next.pendingEmail) = (word == "T9" ? .franceConnect : .guardian, nil)
            ends = .passwordChanged
        case "§8.2": ends = .replaced
        case "T12b":
            chosen(&next, account.state)
            next.pendingEmail = "new@example.org"
            ends = .passwordChanged
        case "§3.9", "T13":
            chosen(&next, .active)
            (next.pendingEmail, ends) = (nil, .passwordChanged)
        case "T15":
            (next.state, next.closedAt, next.mergedInto) = (.closed, now, main)
            next.provisionalPasswordSealed = nil
            ends = .accountClosed
        case "T16":
            (next.state, next.closedAt, next.mergedInto) = (.active, nil, nil)
            withoutProvisional(&next)
        case "T17":
            withoutProvisional(&next)
            (next.pendingEmail, ends) = (nil, .accountClosed)
        default: Issue.record("no transition \(word)")
        }
        if ["T2", "T3", "§4.3", "T11", "T5", "T16"].contains(word) { voidsLinks = false }
        return .becomes(next, ends: ends, voidsMailLinks: voidsLinks)
    }

    private static let refusals: [String: AccountTransition.Refusal] = [
        "closed": .closed, "never": .neverNotified, "not": .notInThisState, "out": .outOfDate,
        "other": .otherAddress, "already": .alreadyActive,
    ]

    /// A letter's new password in place of all there was.
    private static func given(_ account: inout Account, _ state: AccountState, isNotified: Bool) {
        account.state = state
        if isNotified { (account.origin, account.distributionDate) = (.school, now) }
        (account.passwordHash, account.passwordChangedAt) = (nil, nil)
        account.mustChangeSince = nil
        account.provisionalPasswordHash = "new hash"
        account.provisionalPasswordSealed = [2]
        account.provisionalPasswordAt = now
    }

    private static func chosen(_ account: inout Account, _ state: AccountState) {
        account.state = state
        withoutProvisional(&account)
        (account.passwordHash, account.passwordChangedAt) = ("chosen", now)
        account.mustChangeSince = nil
    }

    private static func withoutProvisional(_ account: inout Account) {
        account.provisionalPasswordHash = nil
        account.provisionalPasswordSealed = nil
        account.provisionalPasswordAt = nil
    }
}

extension Substring {
    fileprivate func trimming() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
