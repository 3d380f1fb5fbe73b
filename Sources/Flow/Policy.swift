import FoundationEssentials

/// Every value that the seeds and today's guidance disagree about, and every limit of the desk.
///
/// Two profiles exist: `educonnect` (the seeds' values, the default) and `modern` (today's
/// guidance). What costs no screen (limits, hashing, single use, revocation) is the same in both.
/// Source: security.md §4.
public struct Policy: Sendable, Equatable {
    public enum Profile: String, Sendable, CaseIterable {
        case educonnect
        case modern
    }

    public let profile: Profile
    public var session: SessionLimits
    public var lifetimes: Lifetimes
    public var refresh: RefreshLimits
    public var passwordAttempts: PasswordAttempts
    /// Of an own password that is set now (SR-40).
    public var passwordRule: PasswordRule
    public var provisionalPassword: ProvisionalPasswordLimits
    public var smsCode: SMSCodeLimits
    public var sends: SendLimits
    public var enrolment: EnrolmentLimits
    public var recovery = RecoveryLimits()
    public var mailLinks: MailLinkLifetimes
    /// How old a sign-in may be for a change of address, a regroupement, an identity linked or
    /// unlinked (SR-58).
    public var freshSignIn: Duration
    /// Whether self-enrolment and self-help answer everybody alike and tell the detail in the mail or
    /// after the code (security.md 4.2–4.4).
    public var answersNeutrally: Bool
    /// Whether the mail to the old address names the new one, or masks it (security.md 4.11).
    public var namesNewAddress: Bool
    public var screens = Screens()

    /// How long a parent's browser stays signed in (SR-56).
    public struct SessionLimits: Sendable, Equatable {
        /// Ends after this long without use.
        public var idle: Duration
        /// Ends at the latest this long after its last sign-in, however much it is used.
        public var absolute: Duration
        /// A use is written down no oftener than this: a hot session costs no write a request.
        public var touchInterval: Duration = .seconds(60)
    }

    public struct Lifetimes: Sendable, Equatable {
        public var authorizationCode: Duration = .seconds(60)
        public var accessToken: Duration = .seconds(600)
        public var idToken: Duration = .seconds(300)
        /// After its last step.
        public var interaction: Duration = .seconds(7200)
        /// Who did what and when is kept for a year, then deleted (SR-67; CNIL 2021-122: six months
        /// to a year).
        public var auditEvent: Duration = .seconds(365 * 86_400)
        /// How long a regroupement can be undone.
        public var regroupingUndo: Duration = .seconds(30 * 86_400)

        /// The longest life of anything that our keys sign.
        public var longestToken: Duration { max(accessToken, idToken) }
    }

    /// Rotation, repetition and end of refresh tokens (D24, SR-21).
    public struct RefreshLimits: Sendable, Equatable {
        /// A predecessor presented again within this time gets the same successor: answers get lost.
        public var repetition: Duration = .seconds(60)
        public var offlineIdle: Duration = .seconds(30 * 86_400)
        public var offlineAbsolute: Duration = .seconds(180 * 86_400)
    }

    /// Wrong tries, counted before the password is looked at (SR-45, CNIL 2022-100).
    public struct PasswordAttempts: Sendable, Equatable {
        /// Tries per account and network before waiting begins.
        public var perAccountAndNetwork: Int64 = 5
        /// The first wait; each further try doubles it, up to `waitMax`.
        public var wait: Duration = .seconds(60)
        public var waitMax: Duration = .seconds(15 * 60)
        /// Tries a day for one account from one network, or from one browser that signed it in before.
        /// CNIL 2022-100 gives 25 in 24 hours, of an account; counted so, five strangers' networks would
        /// shut its owner out every day.
        public var perAccountAndNetworkADay: Int64 = 25
        /// Tries a day for one account over all networks, from browsers that never signed it in; then
        /// each waits `waitMax` for the one before.
        ///
        /// NIST SP 800-63B wants something more after 100 failures. Guessing from many networks comes
        /// to fewer than 200 tries a day: in ten years to one in 10⁸ of the shortest passwords, were
        /// they random. Four networks at least must be used up to slow a parent down on a new browser,
        /// and day after day; nobody is shut out until tomorrow, and neither browsers that are known
        /// nor FranceConnect wait at all (SR-45; security history 2.39).
        public var perAccountADay: Int64 = 100
        /// Tries a minute from one network, whatever the account.
        public var perNetworkAMinute: Int64 = 60
        /// How long a browser that signed an account in is told from a stranger's.
        public var browserMemory: Duration = .seconds(180 * 86_400)
    }

    public init(profile: Profile) {
        self.profile = profile
        self.lifetimes = Lifetimes()
        self.refresh = RefreshLimits()
        self.passwordAttempts = PasswordAttempts()
        self.sends = SendLimits()
        self.enrolment = EnrolmentLimits()
        switch profile {
        case .educonnect:
            session = SessionLimits(idle: .seconds(3600), absolute: .seconds(36_000))
            passwordRule = .educonnect
            provisionalPassword = ProvisionalPasswordLimits(validity: .months(3), isReadable: true)
            smsCode = SMSCodeLimits(lifetime: .seconds(30 * 60))
            mailLinks = MailLinkLifetimes(
                activation: .seconds(7 * 86_400), addressChange: .seconds(7 * 86_400),
                reset: .seconds(86_400))
            freshSignIn = .seconds(15 * 60)
            answersNeutrally = false
            namesNewAddress = true
        case .modern:
            session = SessionLimits(idle: .seconds(1800), absolute: .seconds(36_000))
            passwordRule = .modern
            provisionalPassword = ProvisionalPasswordLimits(validity: .days(30), isReadable: false)
            smsCode = SMSCodeLimits(lifetime: .seconds(10 * 60))
            mailLinks = MailLinkLifetimes(
                activation: .seconds(86_400), addressChange: .seconds(86_400),
                reset: .seconds(3600))
            freshSignIn = .seconds(5 * 60)
            answersNeutrally = true
            namesNewAddress = false
        }
    }
}

extension Duration {
    /// Whole seconds, for `Date` arithmetic and the wire.
    public var wholeSeconds: Int64 { components.seconds }
}

extension Date {
    public static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(Double(duration.components.seconds))
    }
    public static func - (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(-Double(duration.components.seconds))
    }
    /// Seconds since 1970, as every protocol message writes time.
    public var epochSeconds: Int64 { Int64(timeIntervalSince1970.rounded(.down)) }
}
