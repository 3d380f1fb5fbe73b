import Flow
import FoundationEssentials
import Store
import Testing
import Tokens

@Suite("The next move of a sign-in")
struct GoalTests {
    static let doors: [StepID] = [
        .password, .upstream, .identity, .withoutPhone, .forgottenIdentifier, .lostPassword,
    ]

    static let now = Date(timeIntervalSince1970: 1_768_471_200)
    static let signedIn: [Fact] = [.proved(.password, at: now - .seconds(600))]

    private static func progress(
        _ parameters: [(String, String)] = [], facts: [Fact] = [], isFromSession: Bool = true,
        consent: ClientPolicy.ConsentRule = .none, consented: String? = nil, isHinted: Bool? = nil
    ) throws -> Progress {
        var policy = ClientPolicy()
        policy.consent = consent
        let client = try Samples.client(policy: policy)
        let request = try Samples.request(parameters, client, at: now)
        return Progress(
            destination: .client(request), client: policy, facts: facts,
            isFromSession: isFromSession,
            consented: consented.flatMap { Scope($0) }, isHintedSubject: isHinted)
    }

    @Test("is the password where nobody is known")
    func nobody() throws {
        #expect(nextMove(try Self.progress()) == .offer(Self.doors))
    }

    @Test(
        "is the end where a session already says who it is (J-G-02: one sign-in for all services)")
    func session() throws {
        #expect(nextMove(try Self.progress(facts: Self.signedIn)) == .finish)
    }

    @Test("without pages is login_required (oidcc-prompt-none-not-logged-in, SR-08)")
    func promptNone() throws {
        let move = nextMove(try Self.progress([("prompt", "none")]))
        #expect(move == .fail(OAuthError(.loginRequired)))
    }

    @Test("without pages is the end where a session will do (oidcc-prompt-none-logged-in)")
    func promptNoneWithSession() throws {
        let progress = try Self.progress([("prompt", "none")], facts: Self.signedIn)
        #expect(nextMove(progress) == .finish)
    }

    @Test(
        "asks for the password again where the sign-in is too old (oidcc-prompt-login, oidcc-max-age-1)",
        arguments: [
            ("prompt", "login"), ("prompt", "select_account"), ("max_age", "1"), ("max_age", "0"),
        ])
    func tooOld(_ parameter: (String, String)) throws {
        let progress = try Self.progress([parameter], facts: Self.signedIn)
        #expect(nextMove(progress) == .offer(Self.doors))
    }

    @Test("takes a sign-in within max_age (oidcc-max-age-10000)")
    func withinMaxAge() throws {
        let progress = try Self.progress([("max_age", "10000")], facts: Self.signedIn)
        #expect(nextMove(progress) == .finish)
    }

    @Test("takes a password typed after prompt=login was asked")
    func freshAfterPrompt() throws {
        let fresh: [Fact] = [.proved(.password, at: Self.now + .seconds(5))]
        let progress = try Self.progress([("prompt", "login")], facts: fresh, isFromSession: false)
        #expect(nextMove(progress) == .finish)
    }

    @Test("is consent for a client that needs it, once (SR-13)")
    func consent() throws {
        let asked = try Self.progress(facts: Self.signedIn, consent: .required)
        #expect(nextMove(asked) == .offer([.consent]))
        let remembered = try Self.progress(
            facts: Self.signedIn, consent: .required, consented: "openid profile email")
        #expect(nextMove(remembered) == .finish)
        let narrower = try Self.progress(
            facts: Self.signedIn, consent: .required, consented: "openid")
        #expect(nextMove(narrower) == .offer([.consent]))
    }

    @Test("asks for consent again on prompt=consent, and takes the answer given since")
    func promptConsent() throws {
        let parameters = [("prompt", "consent")]
        let asked = try Self.progress(
            parameters, facts: Self.signedIn, consented: "openid profile")
        #expect(nextMove(asked) == .offer([.consent]))
        let scope = try #require(Scope("openid profile"))
        let given = try Self.progress(
            parameters, facts: Self.signedIn + [.decided(.consented(scope), at: Self.now)])
        #expect(nextMove(given) == .finish)
    }

    @Test("without pages is consent_required where consent is missing")
    func promptNoneWithoutConsent() throws {
        let progress = try Self.progress(
            [("prompt", "none")], facts: Self.signedIn, consent: .required)
        #expect(nextMove(progress) == .fail(OAuthError(.consentRequired)))
    }

    @Test("is access_denied once the person has refused")
    func refused() throws {
        let facts = Self.signedIn + [.decided(.refused, at: Self.now)]
        #expect(nextMove(try Self.progress(facts: facts)) == .fail(OAuthError(.accessDenied)))
    }

    @Test(
        "is a screen of self-help beside the doors, whatever was shown there, and never the end",
        arguments: zip(
            InteractionTests.recoveries,
            [
                .identifierSent, .identifierSent, .resetSent, .resetCode, .resetCode,
                .resetPassword, .resetDone,
            ] as [StepID]))
    func recovery(_ recovery: Recovery, _ step: StepID) throws {
        for parameters in [[], [("prompt", "login")], [("max_age", "0")]] as [[(String, String)]] {
            var progress = try Self.progress(parameters, isFromSession: false)
            progress.recovery = recovery
            #expect(nextMove(progress) == .offer([step] + Self.doors))
        }
        var silent = try Self.progress([("prompt", "none")], isFromSession: false)
        silent.recovery = recovery
        #expect(nextMove(silent) == .fail(OAuthError(.loginRequired)))
    }

    @Test("asks who it is where the hint names somebody else than the session")
    func otherSubject() throws {
        let progress = try Self.progress(facts: Self.signedIn, isHinted: false)
        #expect(nextMove(progress) == .offer(Self.doors))
    }

    @Test("fails where somebody else than the hint names has signed in")
    func wrongPerson() throws {
        let progress = try Self.progress(
            facts: Self.signedIn, isFromSession: false, isHinted: false)
        #expect(nextMove(progress) == .fail(OAuthError(.loginRequired)))
    }
}

@Suite("What a sign-in amounts to")
struct AuthenticationSummaryTests {
    @Test("is nothing before a proof: a decision alone signs nobody in")
    func nothing() throws {
        let scope = try #require(Scope("openid"))
        #expect(AuthenticationSummary([.decided(.consented(scope), at: GoalTests.now)]) == nil)
    }

    @Test("a password never claims an eIDAS level (SR-09)")
    func password() throws {
        let summary = try #require(AuthenticationSummary(GoalTests.signedIn))
        #expect(summary.context.rawValue == "urn:educonnect:acr:password")
        #expect(summary.methods == ["pwd"])
    }

    @Test("its time is that of the latest proof")
    func latest() throws {
        let later = GoalTests.now + .seconds(5)
        let summary = try #require(
            AuthenticationSummary(GoalTests.signedIn + [.proved(.password, at: later)]))
        #expect(summary.time == later)
    }
}

@Suite("An address that an active account waits for")
struct AddressGoalTests {
    private static func progress(
        _ destination: Destination, _ facts: [Fact], isFromSession: Bool = false,
        state: AccountState = .active, isPending: Bool = true
    ) -> Progress {
        Progress(
            destination: destination, facts: facts, isFromSession: isFromSession,
            account: AccountStanding(
                state: state, password: .own, hasMobileNumber: false, hasPendingAddress: isPending))
    }

    private static let portal = Destination.page(
        PageRequest(.portal, validatedAt: GoalTests.now))

    @Test("is looked at once a sign-in by password, before the end (J-O-03, J-O-07)")
    func once() {
        let signedIn = GoalTests.signedIn
        #expect(unmetGoal(Self.progress(Self.portal, signedIn)) == .addressChecked)
        #expect(nextMove(Self.progress(Self.portal, signedIn)) == .offer([.addressCheck]))
        let checked = signedIn + [.decided(.checkedAddress, at: GoalTests.now)]
        #expect(nextMove(Self.progress(Self.portal, checked)) == .finish)
        #expect(nextMove(Self.progress(Self.portal, signedIn, isPending: false)) == .finish)
    }

    @Test("is not asked for in a session, after FranceConnect, without pages, or before ACC-3")
    func never() throws {
        let signedIn = GoalTests.signedIn
        #expect(nextMove(Self.progress(Self.portal, signedIn, isFromSession: true)) == .finish)
        let federated: [Fact] = [.proved(.upstream(.eidas1), at: GoalTests.now)]
        #expect(nextMove(Self.progress(Self.portal, federated)) == .finish)
        let request = try Samples.request(
            [("prompt", "none")], try Samples.client(), at: GoalTests.now)
        #expect(nextMove(Self.progress(.client(request), signedIn)) == .finish)
        let dialog = Destination.page(PageRequest(.email, validatedAt: GoalTests.now))
        #expect(nextMove(Self.progress(dialog, signedIn)) == .finish)
    }

    @Test("blocks while the account is being opened, whatever was decided (J-O-06)")
    func blocking() {
        let checked = GoalTests.signedIn + [.decided(.checkedAddress, at: GoalTests.now)]
        #expect(
            nextMove(Self.progress(Self.portal, checked, state: .activating)) == .offer([.address]))
    }
}
