import Flow
import Serving
import Store
import Tokens

/// What a session keeps of the provider that vouched for its owner, so that the sign-out can end it
/// there too: FranceConnect asks for the very ID token that it gave (RP-Initiated Logout §2).
public struct UpstreamSession: Sendable, Equatable {
    public let provider: String
    public let idToken: String

    public init(provider: String, idToken: String) {
        self.provider = provider
        self.idToken = idToken
    }

    /// Of an interaction whose sign-in a provider vouched for, or which linked an identity: either way
    /// the provider's session is open in this browser, and opens the account.
    public init?(_ interaction: Interaction) {
        guard let upstream = interaction.upstream,
            interaction.facts.haveLinked
                || AuthenticationSummary(interaction.facts)?.isFederated == true
        else { return nil }
        self.init(provider: upstream.provider, idToken: upstream.idToken)
    }

    /// For the session's row, bound to it; nil without a store key.
    public func sealed(for session: Session.ID, _ desk: Desk) -> [UInt8]? {
        let json: JSON = ["provider": .string(provider), "token": .string(idToken)]
        return Self.seal(desk).seal(
            json.serialized(), context: Self.context(session), random: desk.environment.random,
            at: desk.now)
    }

    /// Nil for anything that was not sealed here for this session.
    public init?(of session: Session, _ desk: Desk) {
        guard let sealed = session.upstream,
            let opened = try? Self.seal(desk).open(sealed, context: Self.context(session.id)),
            let json = try? JSON(parsing: opened),
            let provider = json.member("provider")?.string,
            let token = json.member("token")?.string
        else { return nil }
        self.init(provider: provider, idToken: token)
    }

    private static func seal(_ desk: Desk) -> PurposeSeal {
        PurposeSeal("upstream session", keys: desk.keys)
    }
    private static func context(_ id: Session.ID) -> String { "upstream session " + id.text }
}
