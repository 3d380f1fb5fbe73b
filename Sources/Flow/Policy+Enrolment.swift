import FoundationEssentials

/// What the two profiles say about letters, codes, mails and the opening of an account.
extension Policy {
    /// The password of a letter (J-C-07; security.md 4.7, 4.8).
    public struct ProvisionalPasswordLimits: Sendable, Equatable {
        public var validity: Validity
        /// Whether the school may look at it, and hand out the same one again.
        public var isReadable: Bool

        public enum Validity: Sendable, Equatable {
            /// To the same day and hour so many months later, in French time.
            case months(Int)
            case days(Int)

            /// The last moment at which a password made at `start` is good.
            public func end(of start: Date) -> Date {
                switch self {
                case .months(let count): ParisTime.date(start, addingMonths: count)
                case .days(let count): start + .seconds(count * 86_400)
                }
            }
        }
    }

    /// A code sent to a telephone (J-B-16, J-F-04; SR-49, SR-50).
    public struct SMSCodeLimits: Sendable, Equatable {
        public var digits = 6
        public var lifetime: Duration
        /// Six digits and five tries leave one chance in 200,000.
        public var tries: Int64 = 5
    }

    /// How many codes and mails are sent (SR-53, J-B-15).
    public struct SendLimits: Sendable, Equatable {
        /// Between two to one number.
        public var interval: Duration = .seconds(60)
        public var perNumberAnHour: Int64 = 3
        public var perNumberADay: Int64 = 5
        /// Codes to one number that one network can ask for without having signed in. A stranger who
        /// knows a number and its names takes three of the number's five, and the owner has two, an hour
        /// later at most (SR-45). One with several networks takes all until the next day: each is an SMS
        /// that the owner did not want, so five must be the end; the screen says when there are more.
        /// Whatever the names: in a profile that answers neutrally a neighbour behind the same address can
        /// use these three up unsent.
        public var perNumberAndNetworkADay: Int64 = 3
        /// For one account or set of candidates, whatever the number.
        public var perSubjectADay: Int64 = 5
        /// A mobile carrier gives one IPv4 address to thousands, of whom some 25 in ten thousand may
        /// enrol in a busy hour of September (an estimate); a school's evening for parents has one too.
        /// A robot gets a code only for a number with its names, and three a day: here it needs twenty
        /// such pairs an hour, and takes 3 % of the total.
        public var perNetworkAnHour: Int64 = 60
        /// From everybody to everybody, for each purpose: what a robot may cost.
        public var inTotalAnHour: Int64 = 2000
        /// Mails to one address, which several accounts may share: as many as four accounts may send, so
        /// that no other account uses up its owner's (SR-45).
        public var mailsPerAddressADay: Int64 = 20
    }

    /// Tries of what the directory knows, by people who have proved nothing yet, and of birth dates.
    public struct EnrolmentLimits: Sendable, Equatable {
        /// Names beside one number, from one network: a stranger learns little of whose it is.
        public var formsPerNumberAndNetworkAnHour: Int64 = 5
        /// The same from all networks. A guesser who has six of them tries 720 pairs of names a day, and
        /// fewer than one person in ten thousand bears the commonest pair of France; a hit sends the
        /// owner an SMS. Whoever uses this up to keep the owner out needs six networks every hour, and
        /// does it for no longer than that hour (SR-45).
        public var formsPerNumberAnHour: Int64 = 30
        /// Twice the codes that one network may ask for: forms are mistyped. Nothing tells apart those
        /// who share an address, so one of them can use this up for the others, for an hour.
        public var formsPerNetworkAnHour: Int64 = 120
        /// Wrong forms for one record of the directory (journeys.md §8.2 no. 3, SR-55).
        public var birthDatesADay: Int64 = 5
        /// Wrong forms with one letter: four days of a parent's. Who found it has three months, and the
        /// child's class tells the year: one chance in 18. The way out is a new letter (SR-45, SR-55).
        public var birthDatesPerLetter: Int64 = 20
    }

    /// Requests of people who lost identifier or password (security.md 4.2, 4.3, 4.24).
    public struct RecoveryLimits: Sendable, Equatable {
        /// For one address, number or identifier, from one network.
        public var formsFromOneNetworkAnHour: Int64 = 5
        /// The same from all networks. Nobody's own five are used up elsewhere, unless six networks ask
        /// every hour (SR-45).
        public var formsAnHour: Int64 = 30
        /// A mobile carrier gives one IPv4 address to thousands, of whom some 25 in ten thousand may ask
        /// in a busy hour (an estimate), and mistype once. A guesser learns of no more names than that
        /// from one network, where answers differ; and each that is right mails its owner.
        public var formsPerNetworkAnHour: Int64 = 60
        /// Between two reminders to one address (security.md 4.10).
        public var reminderInterval: Duration = .seconds(3600)
        /// To an address that no account has confirmed (security.md 4.2).
        public var strangerMailInterval: Duration = .seconds(86_400)
        /// Wrong identifiers beside one proof.
        public var missesPerProof: Int64 = 3
    }

    /// How long the link of a mail serves (journeys.md §8.2 no. 4).
    public struct MailLinkLifetimes: Sendable, Equatable {
        public var activation: Duration
        public var addressChange: Duration
        public var reset: Duration
    }

    /// Which of the older and newer screens are shown.
    public struct Screens: Sendable, Equatable {
        public var activationForm = ActivationForm.oneScreen
        public var signInHeading = SignInHeading.eduConnect

        public enum ActivationForm: String, Sendable, CaseIterable {
            /// C-2
            case oneScreen
            /// C-2a and C-2b
            case twoScreens
        }

        /// The heading over identifier and password on SIGN-1.
        public enum SignInHeading: String, Sendable, CaseIterable {
            /// « J'utilise mes identifiants EduConnect »
            case eduConnect
            /// « J'utilise mes identifiants Éducation Nationale »
            case nationalEducation
        }
    }
}
