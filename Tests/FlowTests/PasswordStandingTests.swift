import Flow
import FoundationEssentials
import Store
import Testing

@Suite("What the password of an account opens")
struct PasswordStandingTests {
    static let limits = Policy(profile: .educonnect).provisionalPassword

    @Test(
        "is told by which password there is, and by its age",
        arguments: [
            (PasswordKind.none, PasswordStanding.none), (.own, .own), (.flagged, .mustChange),
            (.provisional, .provisional(expired: false)), (.expired, .provisional(expired: true)),
        ])
    func kinds(_ kind: PasswordKind, _ standing: PasswordStanding) throws {
        let account = try kind.account(.active)
        #expect(PasswordStanding(account, at: PasswordKind.now, Self.limits) == standing)
    }

    @Test("is its own where there is one: the letter's is out of date then")
    func both() throws {
        var account = try PasswordKind.provisional.account(.active)
        account.passwordHash = "own hash"
        #expect(PasswordStanding(account, at: PasswordKind.now, Self.limits) == .own)
    }

    @Test("is out of date where the letter's day is unknown")
    func undated() throws {
        var account = try PasswordKind.provisional.account(.notifiedNotActivated)
        account.provisionalPasswordAt = nil
        #expect(
            PasswordStanding(account, at: PasswordKind.now, Self.limits)
                == .provisional(expired: true))
    }

    /// French time, in seconds since 1970: (made, last moment).
    @Test(
        "lasts to the same day and hour three months later, in French time (J-C-07, J-F-05)",
        arguments: [
            // 15 January 2026 11:00 (UTC+1) to 15 April 11:00 (UTC+2): the clock went on in March.
            (1_768_471_200, 1_776_243_600),
            // 30 November 2026 12:00 to 28 February 2027; of a leap year, 30 November 2027 to 29 February.
            (1_796_036_400, 1_803_812_400), (1_827_572_400, 1_835_434_800),
            // 25 July 2026 02:30 (UTC+2) to 25 October 02:30, which the clock shows twice: the second.
            (1_784_939_400, 1_792_891_800),
            // 28 December 2025 02:30 (UTC+1) to 28 March 2026; 29 December to 29 March, when 02:30 is left
            // out: 03:30 (UTC+2).
            (1_766_885_400, 1_774_661_400), (1_766_971_800, 1_774_747_800),
            // 31 December 2026 23:59:59 to 31 March 2027, over the new year.
            (1_798_757_999, 1_806_530_399),
        ] as [(Double, Double)])
    func months(_ made: Double, _ last: Double) throws {
        var account = try PasswordKind.provisional.account(.notifiedNotActivated)
        account.provisionalPasswordAt = Date(timeIntervalSince1970: made)
        #expect(
            Self.limits.validity.end(of: Date(timeIntervalSince1970: made)).timeIntervalSince1970
                == last)
        for (seconds, isExpired) in [(0.0, false), (0.001, true)] {
            let now = Date(timeIntervalSince1970: last + seconds)
            #expect(
                PasswordStanding(account, at: now, Self.limits)
                    == .provisional(expired: isExpired))
        }
    }

    @Test("lasts 30 days in the modern profile (SR-50)")
    func days() {
        let end = Policy(profile: .modern).provisionalPassword.validity.end(of: Samples.now)
        #expect(end == Samples.now + .seconds(30 * 86_400))
    }
}

@Suite("An account's password and address")
struct AccountCredentialTests {
    static let now = PasswordKind.now

    private func account(
        after event: AccountEvent, of account: Account, at now: Date = PasswordKind.now,
        _ profile: Policy.Profile = .educonnect
    ) throws -> Account {
        let transition = event.applying(to: account, at: now, Policy(profile: profile))
        guard case .becomes(let next, _, _) = transition else {
            Issue.record("refused: \(transition)")
            return account
        }
        return next
    }

    @Test("a letter written anew lives three months from then (T3)")
    func letterAnew() throws {
        let old = try PasswordKind.provisional.account(.notifiedNotActivated)
        let later = Self.now + .seconds(80 * 86_400)
        let next = try account(after: .notified(PasswordKind.new), of: old, at: later)
        #expect(next.provisionalPasswordHash == PasswordKind.old.hash)
        let standing = PasswordStanding(
            next, at: later + .seconds(80 * 86_400), PasswordStandingTests.limits)
        #expect(standing == .provisional(expired: false))
    }

    @Test(
        "an unreadable password can't be handed out again: a letter has a new one (security.md 4.8)"
    )
    func modernLetter() throws {
        let first = try account(
            after: .notified(PasswordKind.old), of: PasswordKind.none.account(.notNotified),
            .modern)
        #expect(first.provisionalPasswordSealed == nil)
        let second = try account(after: .notified(PasswordKind.new), of: first, .modern)
        #expect(second.provisionalPasswordHash == PasswordKind.new.hash)
        #expect(second.provisionalPasswordSealed == nil)
    }

    @Test("a letter out of date is told from a wrong password: its hash stays (T5)")
    func expired() throws {
        let next = try account(
            after: .provisionalPasswordExpired,
            of: PasswordKind.expired.account(.notifiedNotActivated))
        #expect(next.provisionalPasswordSealed == nil)
        #expect(next.provisionalPasswordHash == PasswordKind.old.hash)
        // A new letter has a new password, since the old one can't be read any more.
        let again = try account(after: .notified(PasswordKind.new), of: next)
        #expect(again.provisionalPasswordSealed == PasswordKind.new.sealed)
    }

    @Test("the address typed after a reset never replaces a confirmed one (T12b)")
    func confirmedStays() throws {
        var old = try PasswordKind.provisional.account(.active)
        old.email = "confirmed@example.org"
        let event = AccountEvent.passwordReplaced(passwordHash: "chosen", address: "a@example.org")
        let next = try account(after: event, of: old)
        #expect(next.email == "confirmed@example.org")
        #expect(next.pendingEmail == "pending@example.org")
    }

    @Test("a regroupement can be undone for 30 days (T16)")
    func undo() throws {
        let closed = try PasswordKind.own.account(.closed)
        let closedAt = try #require(closed.closedAt)
        let policy = Policy(profile: .educonnect)
        let event = AccountEvent.restored(.activating)
        let last = closedAt + .seconds(30 * 86_400)
        let restored = try account(after: event, of: closed, at: last)
        #expect(restored.state == .activating)
        #expect(restored.passwordHash == "own hash")
        #expect(
            event.applying(to: closed, at: last + .seconds(1), policy) == .refused(.tooLate))
        #expect(
            AccountEvent.restored(.closed).applying(to: closed, at: last, policy)
                == .refused(.notInThisState))
    }

    @Test("a new account is « Non notifié », of an origin that nobody has given (T1, J-D-35)")
    func new() {
        let account = Account(
            id: Account.ID(at: Self.now, random: []), identifier: "v.durant", createdAt: Self.now,
            updatedAt: Self.now)
        #expect(account.state == .notNotified)
        #expect(account.origin == .unset)
        #expect(
            PasswordStanding(account, at: Self.now, PasswordStandingTests.limits)
                == PasswordStanding.none)
    }
}
