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
        #expect(rules.map(\.windowSeconds) == [3600, 60, 3600, 86_400, 86_400, 3600])
        #expect(rules.map(\.maximum) == [2000, 1, 3, 5, 5, 20])
        #expect(rules.allSatisfy { $0.lockSeconds == nil })
        #expect(Set(rules.map(\.key)).count == rules.count)
    }

    @Test("count a send for its number, its subject, its network and all together")
    func keys() throws {
        let rules = try sends("01", 1, "192.0.2.1").map(\.key)
        let shared = { (other: [AttemptRule]) in
            zip(rules, other.map(\.key)).map { $0 == $1 ? "=" : "-" }.joined()
        }
        #expect(shared(try sends("01", 2, "192.0.2.2")) == "====--")
        #expect(shared(try sends("02", 1, "192.0.2.2")) == "=---=-")
        #expect(shared(try sends("02", 2, "192.0.2.1")) == "=----=")
    }

    @Test("leave what all share untouched where nothing is sent")
    func unsent() throws {
        let phone = try number("01")
        let real = try sends("01", 1, "192.0.2.1").map(\.key)
        let unsent = AttemptLimit.sends(
            .enrolment, phones: [phone], subject: [1], network: "192.0.2.1", isReal: false,
            Self.policy.sends)
        #expect(unsent.map(\.key) == Array(real.dropFirst()))
    }

    @Test("count a number for each purpose, and every number that was typed (SR-45, SR-46)")
    func numbers() throws {
        let phones = try MobileNumber.candidates(for: "06 39 98 00 01")
        let real = try sends("01", 1, "192.0.2.1").map(\.key)
        let both = AttemptLimit.sends(
            .enrolment, phones: phones, subject: [1], network: "192.0.2.1", Self.policy.sends)
        #expect(both.map(\.maximum) == [2000, 1, 3, 5, 1, 3, 5, 5, 20])
        #expect(Set(real).isSubset(of: both.map(\.key)))
        let stepUp = AttemptLimit.sends(
            .stepUp, phones: [try number("01")], subject: [1], network: "192.0.2.1",
            Self.policy.sends)
        #expect(
            zip(stepUp.map(\.key), real).map { $0 == $1 } == [
                true, false, false, false, true, true,
            ])
    }

    @Test("count a form for what was typed, in all that it can mean")
    func forms() throws {
        let phones = try MobileNumber.candidates(for: "06 39 98 00 01")
        let limits = Self.policy.enrolment
        let rules = AttemptLimit.enrolmentForms(
            phones: phones, network: "192.0.2.1", limits)
        #expect(rules.map(\.maximum) == [60, 5, 5])
        let other = AttemptLimit.enrolmentForms(
            phones: [try number("01")], network: "192.0.2.2", limits)
        #expect(other.map(\.key).last == rules.map(\.key)[1])
        #expect(other.map(\.key).first != rules.map(\.key).first)
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
}
