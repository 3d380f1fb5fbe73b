import FoundationEssentials
import Store
import Tokens

/// What is counted on the way to an account: codes, sends, forms, birth dates.
extension AttemptLimit {
    /// A try of the code of one challenge. A right one needs no clearing: its challenge is spent.
    public static func codeTries(
        challenge: SMSChallenge.ID, _ limits: Policy.SMSCodeLimits
    ) -> [AttemptRule] {
        [
            AttemptRule(
                key: key("code|" + challenge.text), windowSeconds: limits.lifetime.wholeSeconds,
                maximum: limits.tries)
        ]
    }

    /// A code to be sent (SR-53). A send that fails costs as much as one that arrives.
    ///
    /// - Parameters:
    ///   - purpose: each has its own counts of a number and of a network: what strangers type into an
    ///     enrolment takes nothing from somebody who has signed in (SR-45).
    ///   - phones: every number that the typed text can mean, so that it tells nothing which of them is
    ///     the directory's.
    ///   - identifier: what was typed instead, where the number is the directory's and nobody typed it.
    ///   - subject: of the challenge: the account, or the set of candidates, hashed.
    ///   - network: as for passwords.
    ///   - person: whose number it was said to be, where the answer must not tell whether it is: a number
    ///     is then counted for each, or strangers could use up its owner's codes by any names, unsent.
    ///   - isReal: false where nothing is sent and the answer must not tell: it counts like another, but
    ///     takes nothing from what all share, or strangers could use that up at no cost.
    public static func sends(
        _ purpose: SMSPurpose, phones: [MobileNumber], identifier: String? = nil,
        subject: [UInt8], network: String, person: String = "", isReal: Bool = true,
        _ limits: Policy.SendLimits
    ) -> [AttemptRule] {
        // What is used up is so for everybody, or it would tell who is real.
        let total = AttemptRule(
            key: key("send|\(purpose.rawValue)|total"), windowSeconds: hour,
            maximum: limits.inTotalAnHour, isCounted: isReal)
        let typed = phones.map(Typed.number) + (identifier.map { [.identifier($0)] } ?? [])
        let ofTyped = typed.flatMap { typed in
            let rules = sends(
                to: "send|\(purpose.rawValue)|" + typed.place, person: person, network: network,
                interval: limits.interval, limits)
            // Whoever is asked for more than a password has signed in: no stranger uses up theirs.
            return purpose == .stepUp ? rules.dropLast() : rules
        }
        return [total] + ofTyped + [
            AttemptRule(
                key: key("send|\(purpose.rawValue)|subject|" + Base64URL.encode(subject)),
                windowSeconds: day,
                maximum: limits.perSubjectADay),
            AttemptRule(
                key: key("send|\(purpose.rawValue)|network|" + network), windowSeconds: hour,
                maximum: limits.perNetworkAnHour),
        ]
    }

    /// What one addressee is sent, and last what one network asks for of that.
    static func sends(
        to place: String, person: String, network: String, interval: Duration,
        _ limits: Policy.SendLimits
    ) -> [AttemptRule] {
        let addressee = place + "|" + person
        return [
            AttemptRule(
                key: key(addressee + "|interval"), windowSeconds: interval.wholeSeconds,
                maximum: 1),
            AttemptRule(
                key: key(addressee + "|hour"), windowSeconds: hour,
                maximum: limits.perNumberAnHour),
            AttemptRule(
                key: key(addressee + "|day"), windowSeconds: day, maximum: limits.perNumberADay),
            AttemptRule(
                key: key(place + "|network|" + network), windowSeconds: day,
                maximum: limits.perNumberAndNetworkADay),
        ]
    }

    /// A form that asks the directory whose number this is (A-4, B-1): counted by what was typed, so
    /// that a number that nobody has counts like any other.
    ///
    /// - Parameter phones: every number that the typed text can mean.
    public static func enrolmentForms(
        phones: [MobileNumber], network: String, _ limits: Policy.EnrolmentLimits
    ) -> [AttemptRule] {
        forms(
            "enrolment", about: phones.map { "number|" + $0.e164 }, network: network,
            ofNetwork: limits.formsPerNetworkAnHour, ofEach: limits.formsPerNumberAnHour,
            ofEachAndNetwork: limits.formsPerNumberAndNetworkAnHour)
    }

    /// How many forms an hour one network may send, and how many may be about each thing that was
    /// typed: of all networks, and of this one.
    static func forms(
        _ kind: String, about places: [String], network: String, ofNetwork: Int64,
        ofEach: Int64, ofEachAndNetwork: Int64
    ) -> [AttemptRule] {
        let sent = AttemptRule(
            key: key("\(kind)|network|" + network), windowSeconds: hour, maximum: ofNetwork)
        return places.reduce(into: [sent]) { rules, place in
            let place = "\(kind)|\(place)"
            rules.append(AttemptRule(key: key(place), windowSeconds: hour, maximum: ofEach))
            rules.append(
                AttemptRule(
                    key: key(place + "|network|" + network), windowSeconds: hour,
                    maximum: ofEachAndNetwork))
        }
    }

    /// A form with the birth dates of these guardians' children. A right one is given back.
    public static func birthDates(
        guardians: [Guardian.ID], _ limits: Policy.EnrolmentLimits
    ) -> [AttemptRule] {
        guardians.map { guardian in
            AttemptRule(
                key: key("birth dates|" + guardian.text), windowSeconds: day,
                maximum: limits.birthDatesADay)
        }
    }

    /// The same for the birth date that the activation asks for: a letter allows so many in its whole
    /// life, and a new one counts anew (SR-45, SR-55).
    ///
    /// The letter's own rule refuses until the letter ends: no form with it helps any more.
    public static func birthDates(
        guardians: [Guardian.ID], letterOf account: Account, _ policy: Policy, at now: Date
    ) -> [AttemptRule] {
        let made = account.provisionalPasswordAt ?? Date(timeIntervalSince1970: 0)
        let rest = policy.provisionalPassword.validity.end(of: made).timeIntervalSince(now)
        let ofLetter = AttemptRule(
            key: key("birth dates|letter|\(account.id.text)|\(made.epochSeconds)"),
            windowSeconds: max(day, Int64(rest.rounded(.down)) + 1),
            maximum: policy.enrolment.birthDatesPerLetter)
        return birthDates(guardians: guardians, policy.enrolment) + [ofLetter]
    }

    /// A mail to an address that nobody has confirmed yet (SR-53): one a minute from one account to one
    /// address, so that a mistyped one is put right at once; so many for one account, whatever the
    /// address; and more to one address, which may be several accounts'.
    public static func mails(
        to address: String, account: Account.ID, _ limits: Policy.SendLimits
    ) -> [AttemptRule] {
        let (place, account) = ("address|" + address.lowercased(), "account|" + account.text)
        return [
            AttemptRule(
                key: key("mail|interval|" + account + "|" + place),
                windowSeconds: limits.interval.wholeSeconds, maximum: 1),
            AttemptRule(
                key: key("mail|hour|" + account), windowSeconds: hour,
                maximum: limits.perNumberAnHour),
            AttemptRule(
                key: key("mail|day|" + account), windowSeconds: day,
                maximum: limits.perSubjectADay),
            AttemptRule(
                key: key("mail|day|" + place), windowSeconds: day,
                maximum: limits.mailsPerAddressADay),
        ]
    }
}
