import FoundationEssentials
import Flow
import Serving
import Store
import Tokens
import Web

/// That somebody who is signed in has typed the password of another account, which theirs is to absorb
/// (J §3.7.3): shown by REG-1, spent by REG-3.
///
/// It travels sealed, opens in one session only and for ten minutes, and names both accounts as they
/// were: once either has changed, be it by this very regroupement, it is worth nothing (security
/// history 2.25, 2.26).
struct RegroupingProof: Sendable, Equatable {
    let session: Session.ID
    let main: Account.ID
    let mainRevision: Int64
    let absorbed: Account.ID
    let absorbedRevision: Int64
    let expiresAt: Date

    static let lifetime = Duration.seconds(600)

    init(_ visitor: Visitor, absorbing other: Account) {
        session = visitor.session.id
        main = visitor.account.id
        mainRevision = visitor.account.revision
        absorbed = other.id
        absorbedRevision = other.revision
        expiresAt = visitor.now + Self.lifetime
    }

    /// For an address; nil without a store key.
    func sealed(_ desk: Desk) -> String? {
        let json: JSON = [
            "main": .string(Base64URL.encode(main.bytes)), "mainRevision": .integer(mainRevision),
            "absorbed": .string(Base64URL.encode(absorbed.bytes)),
            "absorbedRevision": .integer(absorbedRevision),
            "expires": .integer(expiresAt.epochSeconds),
        ]
        return Self.seal(desk).seal(
            json.serialized(), context: Self.context(session), random: desk.environment.random,
            at: desk.now
        ).map(Base64URL.encode)
    }

    /// Nil for what was not sealed for this session and account, or is out of date.
    init?(_ text: String?, of visitor: Visitor) {
        let desk = visitor.desk
        guard let text, text.utf8.count <= Self.byteCountMax, let sealed = Base64URL.decode(text),
            let opened = try? Self.seal(desk).open(
                sealed, context: Self.context(visitor.session.id)),
            let json = try? JSON(parsing: opened),
            let main = json.member("main")?.string.flatMap(Base64URL.decode)
                .flatMap(Account.ID.init(bytes:)),
            let mainRevision = json.member("mainRevision")?.integer,
            let absorbed = json.member("absorbed")?.string.flatMap(Base64URL.decode)
                .flatMap(Account.ID.init(bytes:)),
            let absorbedRevision = json.member("absorbedRevision")?.integer,
            let expires = json.member("expires")?.integer
        else { return nil }
        session = visitor.session.id
        self.main = main
        self.mainRevision = mainRevision
        self.absorbed = absorbed
        self.absorbedRevision = absorbedRevision
        expiresAt = Date(timeIntervalSince1970: Double(expires))
        guard main == visitor.account.id, visitor.now < expiresAt else { return nil }
    }

    private static let byteCountMax = 1024

    private static func seal(_ desk: Desk) -> PurposeSeal {
        PurposeSeal("regrouping", keys: desk.keys)
    }
    private static func context(_ session: Session.ID) -> String { "regrouping " + session.text }
}
