import Tokens

/// What happens next: the only answer to "where is this person in the flow?".
public enum Move: Sendable, Equatable {
    /// One of these steps, the first by default. A step may be shown or submitted only while it is
    /// offered: the address asks, the state decides.
    case offer([StepID])
    case finish
    case fail(OAuthError)
}

/// The steps that a person can be asked to take. The raw value is the last part of the address; the
/// comment names the screen of journeys.md.
public enum StepID: String, Sendable, CaseIterable {
    /// SIGN-1.
    case password
    /// SIGN-2: how to obtain an account without a mobile phone.
    case withoutPhone = "without-phone"
    /// The way to a provider, and back (A-1 to A-3 are its own screens).
    case upstream
    ///
    case mobileNumber = "mobile-number"
    /// B-1.
    case identity
    /// A-5 and B-2.
    case smsCode = "sms-code"
    /// A-6 and B-3.
    case children
    /// B-4.
    case newPassword = "new-password"
    /// C-1.
    case passwordNotChanged = "password-not-changed"
    /// C-2, or C-2a; and the same form where a password was reset.
    case activation
    /// C-2b.
    case verification
    /// C-4.
    case waiting
    /// C-6 of an account that is being opened.
    case address
    /// C-6 of an active account.
    case addressCheck = "address-check"
    /// SIGN-3, before the code is sent.
    case stepUp = "step-up"
    /// SIGN-3, once it is.
    case stepUpCode = "step-up-code"
    case consent
    /// ID-1.
    case forgottenIdentifier = "forgotten-identifier"
    /// ID-2.
    case identifierSent = "identifier-sent"
    /// PWD-1.
    case lostPassword = "lost-password"
    /// PWD-2.
    case resetSent = "reset-sent"
    /// A-5 of a lost password.
    case resetCode = "reset-code"
    /// PWD-3, after the code. After a mail it is a page outside any flow.
    case resetPassword = "reset-password"
    /// PWD-4.
    case resetDone = "reset-done"
}

/// The step, the answer or the refusal that follows from what is known.
public func nextMove(_ progress: Progress) -> Move {
    if progress.facts.contains(where: \.isRefusal) {
        return .fail(OAuthError(.accessDenied, "The user went no further"))
    }
    if progress.isLinking { return moveOfLinking(progress) }
    if progress.isHintedSubject == false, !progress.isFromSession {
        return .fail(
            OAuthError(.loginRequired, "Somebody else than the id_token_hint names signed in"))
    }
    guard let goal = unmetGoal(progress) else { return .finish }
    if progress.destination.showsNoPage { return .fail(goal.errorWithoutPages) }
    return .offer(steps(to: goal, progress))
}

/// Only a session that a password opened links an identity; without it there is nothing to go on with.
private func moveOfLinking(_ progress: Progress) -> Move {
    let signIn = AuthenticationSummary(progress.facts)
    guard progress.isFromSession, case .account = progress.who,
        signIn?.methods.contains("pwd") == true
    else { return .fail(OAuthError(.loginRequired, "The session is over")) }
    return progress.facts.haveLinked ? .finish : .offer([.upstream])
}

/// The ways to a goal from where the person is.
private func steps(to goal: Goal, _ progress: Progress) -> [StepID] {
    switch goal {
    case .authenticated: stepsOfSigningIn(progress)
    case .ownPassword: stepsOfActivation(progress)
    case .addressConfirmed: [.address]
    case .addressChecked: [.addressCheck]
    case .level: progress.isAwaitingCode ? [.stepUpCode, .stepUp] : [.stepUp]
    case .consented: [.consent]
    }
}

/// The doors that stand open to anybody: each begins anew.
private let doors: [StepID] = [
    .password, .upstream, .identity, .withoutPhone, .forgottenIdentifier, .lostPassword,
]

private func stepsOfSigningIn(_ progress: Progress) -> [StepID] {
    // The screen that asks for the number is the enrolment's own: A-4 after a provider, else B-1.
    let number: StepID = progress.hasUpstream ? .mobileNumber : .identity
    switch progress.who {
    case .candidates:
        // From the code on nothing else is offered: what is proved is about these records alone.
        if progress.facts.prove(.smsCode) {
            return progress.facts.prove(.birthDates) ? [.newPassword] : [.children]
        }
        let first: [StepID] = progress.isAwaitingCode ? [.smsCode, number] : [number]
        return first + doors.filter { !first.contains($0) }
    case .unknown, .account:
        // A door beside the others: it leads to a password, and never to a sign-in.
        if let recovery = progress.recovery { return [recovery.step] + doors }
        if case .mail? = progress.pending { return [.waiting] + doors }
        return progress.hasUpstream ? [.mobileNumber] + doors : doors
    }
}

private func stepsOfActivation(_ progress: Progress) -> [StepID] {
    guard progress.facts.haveOpenedActivation else { return [.passwordNotChanged] }
    let forms: [StepID] = [.activation, .passwordNotChanged]
    return progress.draft?.passwordHash == nil ? forms : [.verification] + forms
}

extension Progress {
    fileprivate var isAwaitingCode: Bool {
        if case .code? = pending { true } else { false }
    }
}
