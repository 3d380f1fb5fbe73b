import Flow
import FoundationEssentials
import Store
import Testing

@Suite("The values of the two profiles")
struct PolicyTests {
    static let seeds = Policy(profile: .educonnect)
    static let modern = Policy(profile: .modern)

    @Test("differ in what the seeds and today's guidance disagree about")
    func profiles() {
        #expect(Self.seeds.passwordRule.length == 8...14)
        #expect(Self.modern.passwordRule.length == 12...128)
        #expect(Self.seeds.provisionalPassword.validity == .months(3))
        #expect(Self.modern.provisionalPassword.validity == .days(30))
        #expect(Self.seeds.smsCode.lifetime == .seconds(1800))  // J-B-16, J-F-04
        #expect(Self.modern.smsCode.lifetime == .seconds(600))
        #expect(Self.seeds.mailLinks.activation == .seconds(7 * 86_400))
        #expect(Self.modern.mailLinks.activation == .seconds(86_400))
        #expect(Self.seeds.mailLinks.reset == .seconds(86_400))
        #expect(Self.modern.mailLinks.reset == .seconds(3600))
        #expect(!Self.seeds.answersNeutrally && Self.modern.answersNeutrally)
    }

    @Test("agree on every limit: those cost no screen")
    func limits() {
        #expect(Self.seeds.sends == Self.modern.sends)
        #expect(Self.seeds.enrolment == Self.modern.enrolment)
        #expect(Self.seeds.recovery == Self.modern.recovery)
        #expect(Self.seeds.smsCode.digits == 6 && Self.modern.smsCode.digits == 6)
        #expect(Self.seeds.smsCode.tries == 5 && Self.modern.smsCode.tries == 5)
        #expect(Self.seeds.passwordAttempts == Self.modern.passwordAttempts)
    }
}

@Suite("The limits of an enrolment")
struct EnrolmentLimitTests {
    static let policy = Policy(profile: .educonnect)

    private func number(_ digits: String) throws -> MobileNumber {
        try #require(MobileNumber(e164: "+336399800" + digits))
    }

    private func sends(
        _ digits: String, _ subject: UInt8, _ network: String
    ) throws -> [AttemptRule] {
        AttemptLimit.sends(
            .enrolment, phones: [try number(digits)], subject: [subject], network: network,
            Self.policy.sends)
    }

    @Test("allow a code five tries, each code for itself (SR-49)")
    func codes() throws {
        let ids = [1, 2].map { SMSChallenge.ID(at: Samples.now, random: [$0]) }
        let rules = ids.map { AttemptLimit.codeTries(challenge: $0, Self.policy.smsCode) }
        #expect(rules.map { $0.map(\.maximum) } == [[5], [5]])
        #expect(rules[0].map(\.windowSeconds) == [1800])
        #expect(rules[0].map(\.key) != rules[1].map(\.key))
    }

    @Test("allow a number a code a minute, 3 an hour, 5 a day (SR-53)")
    func number() throws {
        let rules = try sends("01", 1, "192.0.2.1")
        #expect(rules.map(\.windowSeconds) == [3600, 60, 3600, 86_400, 86_400, 86_400, 3600])
        #expect(rules.map(\.maximum) == [2000, 1, 3, 5, 3, 5, 60])
        #expect(rules.allSatisfy { $0.lockSeconds == nil })
        #expect(Set(rules.map(\.key)).count == rules.count)
    }

    @Test("count a send for its number, there and anywhere, its subject, its network, and together")
    func keys() throws {
        let rules = try sends("01", 1, "192.0.2.1").map(\.key)
        let shared = { (other: [AttemptRule]) in
            zip(rules, other.map(\.key)).map { $0 == $1 ? "=" : "-" }.joined()
        }
        #expect(shared(try sends("01", 2, "192.0.2.2")) == "====---")
        #expect(shared(try sends("02", 1, "192.0.2.2")) == "=----=-")
        #expect(shared(try sends("02", 2, "192.0.2.1")) == "=-----=")
    }

    @Test("leave what all share untouched where nothing is sent")
    func unsent() throws {
        let phone = try number("01")
        let real = try sends("01", 1, "192.0.2.1").map(\.key)
        let unsent = AttemptLimit.sends(
            .enrolment, phones: [phone], subject: [1], network: "192.0.2.1", isReal: false,
            Self.policy.sends)
        // What all share is looked at, or being refused would tell who is real.
        #expect(unsent.map(\.key) == real)
        #expect(unsent.map(\.isCounted) == [false, true, true, true, true, true, true])
    }

    @Test("count a number for each purpose, and every number that was typed (SR-45, SR-46)")
    func numbers() throws {
        let phones = try MobileNumber.candidates(for: "06 39 98 00 01")
        let real = try sends("01", 1, "192.0.2.1").map(\.key)
        let both = AttemptLimit.sends(
            .enrolment, phones: phones, subject: [1], network: "192.0.2.1", Self.policy.sends)
        #expect(both.map(\.maximum) == [2000, 1, 3, 5, 3, 1, 3, 5, 3, 5, 60])
        #expect(Set(real).isSubset(of: both.map(\.key)))
        let stepUp = AttemptLimit.sends(
            .stepUp, phones: [try number("01")], subject: [2], network: "192.0.2.1",
            Self.policy.sends)
        // Whoever has signed in shares nothing that strangers use up.
        #expect(stepUp.map(\.maximum) == [2000, 1, 3, 5, 5, 60])
        #expect(!stepUp.contains { real.contains($0.key) })
    }

    @Test("count a form for what was typed, in all that it can mean, there and anywhere (SR-45)")
    func forms() throws {
        let phones = try MobileNumber.candidates(for: "06 39 98 00 01")
        let limits = Self.policy.enrolment
        let rules = AttemptLimit.enrolmentForms(
            phones: phones, network: "192.0.2.1", limits)
        #expect(rules.map(\.maximum) == [120, 30, 5, 30, 5])
        #expect(rules.allSatisfy { $0.windowSeconds == 3600 && $0.lockSeconds == nil })
        #expect(Set(rules.map(\.key)).count == rules.count)
        let other = AttemptLimit.enrolmentForms(
            phones: [try number("01")], network: "192.0.2.2", limits)
        #expect(zip(other, rules).map { $0.key == $1.key } == [false, true, false])
    }

    @Test("allow a record of the directory five forms of birth dates a day (J-§8.2 no. 3, SR-55)")
    func birthDates() {
        let guardians = [1, 2].map { Guardian.ID(at: Samples.now, random: [$0]) }
        let rules = AttemptLimit.birthDates(guardians: guardians, Self.policy.enrolment)
        #expect(rules.map(\.maximum) == [5, 5])
        #expect(rules.map(\.windowSeconds) == [86_400, 86_400])
        #expect(rules[0].key != rules[1].key)
        let again = AttemptLimit.birthDates(
            guardians: Array(guardians.suffix(1)), Self.policy.enrolment)
        #expect(again.map(\.key) == [rules[1].key])
    }

    @Test(
        "allow a letter twenty forms of birth dates in its life, a new one as many (SR-45, SR-55)")
    func letter() throws {
        var account = Account(
            id: Account.ID(at: Samples.now, random: [1]), identifier: "i.desoil",
            provisionalPasswordAt: Samples.now, createdAt: Samples.now, updatedAt: Samples.now)
        func rule(after days: Int) throws -> AttemptRule {
            let rules = AttemptLimit.birthDates(
                guardians: [Guardian.ID(at: Samples.now, random: [1])], letterOf: account,
                Self.policy, at: Samples.now + .seconds(days * 86_400))
            #expect(rules.map(\.maximum) == [5, 20])
            return try #require(rules.last)
        }
        let (first, last) = (try rule(after: 0), try rule(after: 80))
        #expect(first.key == last.key && first.lockSeconds == nil)
        // Both refuse until the letter has ended, and no longer.
        let end = Self.policy.provisionalPassword.validity.end(of: Samples.now)
        for (rule, days) in [(first, 0), (last, 80)] {
            let until = Samples.now + .seconds(days * 86_400) + .seconds(rule.windowSeconds)
            #expect(until > end && until <= end + .seconds(1))
        }
        #expect(try rule(after: 100).windowSeconds == 86_400)
        account.provisionalPasswordAt = Samples.now + .seconds(1)
        #expect(try rule(after: 1).key != first.key)
    }

    @Test("allow an account a mail a minute to an address, five a day, an address twenty (SR-53)")
    func mails() {
        func rules(_ address: String, _ number: UInt8) -> [AttemptRule] {
            AttemptLimit.mails(
                to: address, account: Account.ID(at: Samples.now, random: [number]),
                Self.policy.sends)
        }
        let mine = rules("isabelle@example.org", 1)
        #expect(mine.map(\.maximum) == [1, 3, 5, 20])
        #expect(mine.map(\.windowSeconds) == [60, 3600, 86_400, 86_400])
        func shared(_ other: [AttemptRule]) -> [Bool] { zip(mine, other).map { $0.key == $1.key } }
        #expect(shared(rules("Isabelle@example.org", 1)) == [true, true, true, true])
        #expect(shared(rules("other@example.org", 1)) == [false, true, true, false])
        // Another account takes nothing from this one but of the address's day.
        #expect(shared(rules("isabelle@example.org", 2)) == [false, false, false, true])
    }
}

@Suite("The limits of self-help, by rule")
struct RecoveryLimitRuleTests {
    static let policy = Policy(profile: .educonnect)

    private func forms(_ typed: AttemptLimit.Typed, _ network: String) -> [AttemptRule] {
        AttemptLimit.recoveryForms([typed], network: network, Self.policy.recovery)
    }

    @Test("count a form for its network, for what was typed, and for both (SR-45, SR-46)")
    func forms() throws {
        let here = forms(.identifier("v.durant1"), "192.0.2.1")
        #expect(here.map(\.maximum) == [60, 30, 5])
        #expect(here.allSatisfy { $0.windowSeconds == 3600 && $0.lockSeconds == nil })
        func shared(_ other: [AttemptRule]) -> [Bool] { zip(here, other).map { $0.key == $1.key } }
        #expect(shared(forms(.identifier("v.durant1"), "192.0.2.2")) == [false, true, false])
        #expect(shared(forms(.identifier("v.durant"), "192.0.2.1")) == [true, false, false])
        #expect(shared(forms(.address("v.durant1"), "192.0.2.1")) == [true, false, false])
        #expect(
            forms(.address("A@example.org"), "192.0.2.1").map(\.key)
                == forms(.address("a@example.org"), "192.0.2.1").map(\.key))
    }

    @Test(
        "allow a mail in so long, three an hour, five a day, three of them to one network (SR-53)")
    func mails() {
        func mails(_ typed: AttemptLimit.Typed, _ network: String) -> [AttemptRule] {
            AttemptLimit.recoveryMails(
                to: typed, network: network, interval: .seconds(3600), Self.policy.sends)
        }
        let here = mails(.address("a@example.org"), "192.0.2.1")
        #expect(here.map(\.maximum) == [1, 3, 5, 3])
        #expect(here.map(\.windowSeconds) == [3600, 3600, 86_400, 86_400])
        let there = mails(.address("a@example.org"), "192.0.2.2")
        #expect(zip(here, there).map { $0.key == $1.key } == [true, true, true, false])
        let other = mails(.identifier("a@example.org"), "192.0.2.1")
        #expect(Set(other.map(\.key)).isDisjoint(with: here.map(\.key)))
    }

    @Test("count a code by what was typed, where nobody typed its number")
    func codes() throws {
        func codes(_ identifier: String) -> [AttemptRule] {
            AttemptLimit.sends(
                .passwordReset, phones: [], identifier: identifier, subject: [1],
                network: "192.0.2.1", Self.policy.sends)
        }
        let mine = codes("v.durant1")
        #expect(mine.map(\.maximum) == [2000, 1, 3, 5, 3, 5, 60])
        #expect(
            zip(mine, codes("v.durant")).map { $0.key == $1.key }
                == [true, false, false, false, false, true, true])
    }

    @Test("allow a proof three misses, each proof for itself (security.md 4.24)")
    func misses() {
        let rules = [[1], [2]].map {
            AttemptLimit.resetTries(
                proof: $0, lifetime: Self.policy.mailLinks.reset, Self.policy.recovery)
        }
        #expect(rules.map(\.maximum) == [3, 3] && rules[0].key != rules[1].key)
        #expect(rules[0].windowSeconds == 86_400 && rules[0].lockSeconds == nil)
    }
}

@Suite("The limits of wrong passwords, by rule")
struct PasswordLimitRuleTests {
    private func rules(_ network: String, knownBrowser: UInt8? = nil) throws -> [AttemptRule] {
        AttemptLimit.password(
            identifier: "v.durant1", network: network,
            knownBrowser: try knownBrowser.map {
                try #require(AttemptKey(bytes: Array(repeating: $0, count: 32)))
            }, Policy(profile: .educonnect).passwordAttempts)
    }

    @Test("count a stranger for a network's day and waits, its minute, and the account (SR-45)")
    func strangers() throws {
        let here = try rules("192.0.2.1")
        #expect(here.map(\.maximum) == [25, 5, 60, 100])
        #expect(here.map(\.windowSeconds) == [86_400, 86_400, 60, 86_400])
        // Over all networks nobody waits longer than a quarter of an hour.
        #expect(here.map(\.lockSeconds) == [nil, 60, nil, 900])
        #expect(here.map { $0.longestLockSeconds ?? 0 } == [0, 900, 0, 0])
        let there = try rules("192.0.2.2")
        #expect(zip(here, there).map { $0.key == $1.key } == [false, false, false, true])
    }

    @Test("count a browser that is known by itself, wherever it is (SR-45)")
    func known() throws {
        let here = try rules("192.0.2.1", knownBrowser: 1)
        #expect(here.map(\.maximum) == [25, 5])
        #expect(try rules("192.0.2.2", knownBrowser: 1).map(\.key) == here.map(\.key))
        let others = try rules("192.0.2.1") + rules("192.0.2.1", knownBrowser: 2)
        #expect(Set(others.map(\.key)).isDisjoint(with: here.map(\.key)))
    }
}
