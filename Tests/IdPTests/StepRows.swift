import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// How a browser comes to each step, what it honestly posts there, and what else is offered beside it.
/// A step without its row does not compile.
struct StepRow {
    let reach: (StepRoom) async throws -> TestBrowser
    let fields: (StepRoom) async throws -> [(String, String)]
    /// What may be opened there, as the rules of `nextMove` are meant; the first is the step itself.
    let offered: Set<StepID>
    /// Whether pressing the button is the whole answer: there is nothing to fill in.
    var isButton = false
    var policy: Policy.Screens.ActivationForm = .oneScreen

    static let doors: Set<StepID> = [
        .password, .upstream, .identity, .withoutPhone, .forgottenIdentifier, .lostPassword,
    ]

    init(
        _ offered: Set<StepID>, isButton: Bool = false,
        _ policy: Policy.Screens.ActivationForm = .oneScreen,
        reach: @escaping (StepRoom) async throws -> TestBrowser,
        fields: @escaping (StepRoom) async throws -> [(String, String)] = { _ in [] }
    ) {
        self.offered = offered
        self.isButton = isButton
        self.policy = policy
        self.reach = reach
        self.fields = fields
    }

    static func row(of step: StepID) -> StepRow {
        switch step {
        case .password:
            StepRow(doors, reach: { try await $0.atSignIn() }) { _ in
                [("identifier", "v.durant1"), ("password", SignInWorld.password)]
            }
        case .withoutPhone:
            StepRow(doors, reach: { try await $0.atSignIn(.withoutPhone) }) { _ in
                [("identifier", "v.durant1")]
            }
        case .upstream:
            StepRow(doors, reach: { try await $0.atSignIn(.upstream) }) { _ in
                [("provider", "franceconnect")]
            }
        case .identity:
            StepRow(doors, reach: { try await $0.enrolment.atIdentity() }) { _ in
                [
                    ("last-name", "Loyez"), ("first-name", "Patrick"),
                    ("mobile-number", EnrolmentWorld.number),
                ]
            }
        case .mobileNumber:
            StepRow(
                doors.union([.mobileNumber]), reach: { try await $0.enrolment.atMobileNumber() }
            ) { _ in [("mobile-number", EnrolmentWorld.number)] }
        case .smsCode:
            StepRow(doors.union([.smsCode]), reach: { try await $0.enrolment.atCode() }) {
                [("code", try await $0.enrolment.test.newestCode())]
            }
        case .children:
            StepRow([.children], reach: { try await $0.enrolment.atChildren() }) {
                $0.enrolment.dates
            }
        case .newPassword:
            StepRow([.newPassword], reach: { try await $0.enrolment.atPassword() }) { _ in
                [
                    ("password", EnrolmentWorld.password),
                    ("confirmation", EnrolmentWorld.password),
                ]
            }
        case .passwordNotChanged, .activation, .verification, .waiting, .address:
            rowOfActivation(step)
        case .addressCheck:
            StepRow([.addressCheck], reach: { try await $0.atAddressCheck() }) { _ in
                [
                    ("email", SignInWorld.newAddress),
                    ("email-confirmation", SignInWorld.newAddress),
                ]
            }
        case .stepUp, .stepUpCode, .consent: rowOfSignedIn(step)
        case .forgottenIdentifier, .identifierSent, .lostPassword, .resetSent, .resetCode,
            .resetPassword, .resetDone:
            rowOfRecovery(step)
        }
    }

    private static func rowOfActivation(_ step: StepID) -> StepRow {
        switch step {
        case .activation:
            StepRow(
                [.activation, .passwordNotChanged], reach: { try await $0.activation.atForm() }
            ) { $0.activation.fields() }
        case .verification:
            StepRow(
                [.verification, .activation, .passwordNotChanged], .twoScreens,
                reach: { room in
                    let browser = try await room.activation.atForm()
                    try await browser.submit(room.activation.fields())
                    return browser
                }
            ) { _ in [("day", "16"), ("month", "5"), ("year", "2012")] }
        case .waiting:
            StepRow(
                doors.union([.waiting]), isButton: true,
                reach: { try await $0.activation.waiting() })
        case .address:
            StepRow([.address], reach: { try await $0.atAddress() }) { _ in
                [("email", "autre@example.org"), ("email-confirmation", "autre@example.org")]
            }
        default:
            StepRow(
                [.passwordNotChanged], isButton: true,
                reach: { try await $0.activation.withLetter() })
        }
    }

    private static func rowOfSignedIn(_ step: StepID) -> StepRow {
        switch step {
        case .stepUpCode:
            StepRow(
                [.stepUpCode, .stepUp],
                reach: { room in
                    let browser = try await room.atStepUp()
                    try await browser.submit([])
                    return browser
                }
            ) { [("code", try await $0.enrolment.test.newestCode())] }
        case .consent:
            StepRow([.consent], isButton: true, reach: { try await $0.atConsent() })
        default: StepRow([.stepUp], isButton: true, reach: { try await $0.atStepUp() })
        }
    }
}

extension StepRow {
    fileprivate static func rowOfRecovery(_ step: StepID) -> StepRow {
        switch step {
        case .forgottenIdentifier:
            StepRow(doors, reach: { try await $0.atSignIn(.forgottenIdentifier) }) { _ in
                [("email", RecoveryWorld.address)]
            }
        case .lostPassword:
            StepRow(doors, reach: { try await $0.atSignIn(.lostPassword) }) { _ in
                [("identifier", RecoveryWorld.identifier)]
            }
        case .identifierSent:
            screen(step, after: .forgottenIdentifier, [[("email", RecoveryWorld.address)]])
        case .resetSent:
            screen(step, after: .lostPassword, [[("identifier", RecoveryWorld.identifier)]])
        case .resetCode:
            StepRow(doors.union([step]), reach: { try await $0.atResetCode() }) {
                [("code", try await $0.world.test.newestCode())]
            }
        case .resetPassword:
            StepRow(doors.union([step]), reach: { try await $0.atResetPassword() }) { _ in
                RecoveryWorld.fields()
            }
        default:
            StepRow(
                doors.union([step]), isButton: true,
                reach: { room in
                    let browser = try await room.atResetPassword()
                    try await browser.submit(RecoveryWorld.fields())
                    return browser
                }
            ) { _ in restart }
        }
    }

    private static var restart: [(String, String)] { [(StepField.action, StepField.restart)] }

    /// A screen that says what was sent.
    private static func screen(
        _ step: StepID, after door: StepID, _ forms: [[(String, String)]]
    ) -> StepRow {
        StepRow(
            doors.union([step]), isButton: true,
            reach: { room in
                let browser = try await room.atSignIn(door)
                for form in forms { try await browser.submit(form) }
                return browser
            }
        ) { _ in restart }
    }
}

/// One desk with a parent in each situation: v.durant1 is active, p.loyez was told nothing, i.desoil
/// has the school's letter.
struct StepRoom {
    let enrolment: EnrolmentWorld
    let activation: ActivationWorld

    var world: SignInWorld { enrolment.world }

    static func run(
        _ backend: Backend = .sqlite, _ form: Policy.Screens.ActivationForm = .oneScreen,
        _ body: (StepRoom) async throws -> Void
    ) async throws {
        var policy = Policy(profile: .educonnect)
        policy.screens.activationForm = form
        try await EnrolmentWorld.run(backend, policy: policy) { enrolment in
            let (account, guardian) = try await enrolment.test.makeNotified()
            try await body(
                StepRoom(
                    enrolment: enrolment,
                    activation: ActivationWorld(
                        signIn: enrolment.world, account: account, guardian: guardian)))
        }
    }

    func atSignIn(_ step: StepID = .password) async throws -> TestBrowser {
        let browser = world.browser()
        try await browser.open(try world.request())
        if step != .password {
            try await browser.open(browser.path.replacing("/password", with: "/" + step.rawValue))
        }
        return browser
    }

    func atAddress() async throws -> TestBrowser {
        _ = try await activation.waiting()
        // No two mails to one address within a minute.
        world.test.clock.advance(by: .seconds(61))
        let browser = try await atSignIn()
        try await browser.signIn(ActivationWorld.identifier, ActivationWorld.chosen)
        return browser
    }

    func atAddressCheck() async throws -> TestBrowser {
        try await world.apply(.addressGiven(SignInWorld.newAddress))
        let browser = try await atSignIn()
        try await browser.signIn()
        return browser
    }

    func atStepUp() async throws -> TestBrowser {
        let browser = world.browser()
        try await browser.open(
            try world.request([("acr_values", "urn:educonnect:acr:password-sms")]))
        try await browser.signIn()
        return browser
    }

    func atResetCode() async throws -> TestBrowser {
        let browser = try await atSignIn(.lostPassword)
        try await browser.submit([
            ("identifier", RecoveryWorld.identifier), ("channel", "sms"),
        ])
        return browser
    }

    func atResetPassword() async throws -> TestBrowser {
        let browser = try await atResetCode()
        try await browser.submit([("code", try await world.test.newestCode())])
        return browser
    }

    func atConsent() async throws -> TestBrowser {
        let browser = world.browser()
        try await browser.open(try world.request([("prompt", "consent")]))
        try await browser.signIn()
        return browser
    }

    /// All that a post out of turn must leave as it is.
    func remembered() async throws -> [String] {
        try await world.test.store.read { reader in
            var lines = try ["v.durant1", "p.loyez", "i.desoil"].map { identifier in
                let account = try reader.account(identifier: identifier)
                return "\(identifier) \(account?.state.rawValue ?? "") \(account?.revision ?? 0)"
            }
            lines.append("messages \(try reader.outbox(limit: 99).count)")
            return lines
        }
    }
}
