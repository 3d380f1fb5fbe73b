/// What the audit tells, a word a kind (SR-63). A word that was ever written stays in this list: rows
/// outlive the code that wrote them.
public enum AuditKind: String, Sendable, CaseIterable {
    // Signing in and out.
    case signedIn, singleSignOn, signedOut, signInRefused, triesUsedUp
    case upstreamProved, upstreamUnlinked, upstreamRefused
    case codeSent, codeWithheld, codeProved, codeRefused
    // Opening an account.
    case birthDatesProved, birthDatesRefused, birthDateRefused
    case activationOpened, activationSubmitted, activationRefused, activated
    // What becomes of it.
    case passwordChanged, passwordReplaced, passwordRefused, passwordRecovered
    case addressGiven, addressConfirmed, addressAbandoned
    case linked, linkRefused, unlinked
    case merged, regrouped, regroupingRefused, absorbed, separated
    case sessionsEnded, consentWithdrawn
    case mustChangeSet
    // Self-help.
    case identifierReminded, reminderRefused, resetMailed, resetRefused
    // Teleservices, messages, keys.
    case codeReplayed, refreshTokenReused
    case messageRefused, messageExpired
    case clientAdded, clientRemoved
    case keyRotated, keyForgotten
}
