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

    /// How many codes are sent (SR-53, J-B-15).
    public struct SendLimits: Sendable, Equatable {
        /// Between two to one number.
        public var interval: Duration = .seconds(60)
        public var perNumberAnHour: Int64 = 3
        public var perNumberADay: Int64 = 5
        /// For one account or set of candidates, whatever the number.
        public var perSubjectADay: Int64 = 5
        public var perNetworkAnHour: Int64 = 20
        /// From everybody to everybody: what a robot may cost.
        public var inTotalAnHour: Int64 = 2000
    }

    /// Tries of what the directory knows, by people who have proved nothing yet, and of birth dates.
    public struct EnrolmentLimits: Sendable, Equatable {
        /// Names beside one number: a stranger learns little of whose it is.
        public var formsPerNumberAnHour: Int64 = 5
        /// A school's evening for parents shares one network.
        public var formsPerNetworkAnHour: Int64 = 60
        /// Wrong forms for one record of the directory (journeys.md §8.2 no. 3, SR-55).
        public var birthDatesADay: Int64 = 5
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
