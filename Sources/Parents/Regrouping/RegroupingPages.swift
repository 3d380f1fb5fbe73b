import FoundationEssentials
import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/compte/regroupement`: the account that is signed in absorbs another one, whose identifier and
/// password its owner types (J §3.7.3, T15). Asks for a recent sign-in (SR-58).
///
/// REG-1 looks at the password, by the same check and the same limits as SIGN-1; REG-2 shows what would
/// happen; REG-3 does it, in one transaction that names both accounts as they were.
public struct RegroupingPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor
    private let passwords: PasswordCheck

    static let confirmationPath = OwnPage.regrouping.path + "/confirmation"
    private static let proofField = "demande"

    public init(desk: Desk, passwords: PasswordCheck) {
        self.desk = desk
        self.passwords = passwords
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.regrouping.path), use: search)
        router.post(RouterPath(OwnPage.regrouping.path), use: find)
        router.get(RouterPath(Self.confirmationPath), use: question)
        router.post(RouterPath(Self.confirmationPath), use: regroup)
    }

    // MARK: REG-1

    private func search(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.regrouping, request, context, freshness: .recent) { visitor in
            var page = searchPage(visitor)
            page.flash = visitor.flash(request)
            return visitor.answer(page, for: try await visitor.owner())
        }
    }

    private func find(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.regrouping, request, context, freshness: .recent) { form, visitor in
            guard let entry = PasswordEntry(form) else {
                return try await refuse(.emptyField, form, visitor)
            }
            let (outcome, counted): (PasswordCheck.Outcome, [AttemptKey])
            switch try await passwords.tried(entry, by: visitor) {
            case .tooMany(let until):
                let wait = Wait(until: until, now: visitor.now)
                return try await refuse(.tooMany(wait), form, visitor, status: .tooManyRequests)
            case .checked(let checked, let keys, _): (outcome, counted) = (checked, keys)
            }
            switch outcome {
            case .wrong(let account):
                return try await refuse(.wrong, form, visitor, of: account, "wrong")
            case .unopened(let account):
                return try await refuse(.wrong, form, visitor, of: account, "not activated")
            case .closed(let account):
                return try await refuse(.closed, form, visitor, of: account, "closed")
            case .provisionalExpired(let account):
                return try await refuse(
                    .provisionalExpired, form, visitor, of: account, "out of date")
            case .own(let account, _), .provisional(let account):
                let settled = SettledTry(
                    account, browser: visitor.browser, network: visitor.network, counted: counted)
                return try await found(account, settled.changes, form, visitor)
            }
        }
    }

    /// The password is right: whether the account may be joined to this one.
    private func found(
        _ other: Account, _ settled: [Change], _ form: Form, _ visitor: Visitor
    ) async throws -> Response {
        let main = visitor.account.id
        let isSamePerson = try await desk.store.read {
            Self.isOnePerson(try $0.guardians(of: main), try $0.guardians(of: other.id))
        }
        let now = visitor.now
        try await desk.store.write { try $0.apply(settled, at: now) }
        if other.id == main { return try await refuse(.sameAccount, form, visitor) }
        // The letter lies in a child's bag: with it alone one parent could close the other's account.
        guard isSamePerson else {
            return try await refuse(.otherName, form, visitor, of: other, "other name")
        }
        guard let proof = RegroupingProof(visitor, absorbing: other).sealed(desk) else {
            throw HTTPError(.serviceUnavailable)
        }
        let query = Form.encode([(Self.proofField, proof)])
        return Redirect.seeOther(desk.url(Self.confirmationPath) + "?" + query)
    }

    /// Whether every record of the other account is one of this account's person; an account without
    /// records is nobody's.
    private static func isOnePerson(_ mine: [Guardian], _ theirs: [Guardian]) -> Bool {
        !theirs.isEmpty
            && theirs.allSatisfy { record in
                mine.contains { IdentityMatch.isOnePerson($0, record) }
            }
    }

    private func searchPage(
        _ visitor: Visitor, _ message: RegroupingSearchPage.Message? = nil, _ form: Form? = nil
    ) -> RegroupingSearchPage {
        RegroupingSearchPage(
            form: StepForm(action: OwnPage.regrouping.path, hidden: visitor.hiddenFields()),
            identifier: form?.typed(
                PasswordEntry.Field.identifier, lengthMax: PasswordEntry.identifierMax) ?? "",
            message: message,
            missing: [PasswordEntry.Field.identifier, PasswordEntry.Field.password].filter {
                (form?[$0] ?? "").isEmpty
            })
    }

    private func refuse(
        _ message: RegroupingSearchPage.Message, _ form: Form, _ visitor: Visitor,
        of account: Account? = nil, _ reason: String? = nil,
        status: HTTPResponse.Status = .unprocessableContent
    ) async throws -> Response {
        if let reason {
            let (event, now) = (visitor.audit(.regroupingRefused, reason), visitor.now)
            let ofOther = account.map { visitor.audit(.regroupingRefused, of: $0.id, reason) }
            try await desk.store.write {
                try $0.apply([event, ofOther].compactMap { $0 }, at: now)
            }
        }
        return visitor.answer(
            searchPage(visitor, message, form), for: try await visitor.owner(), status: status)
    }

    // MARK: REG-2

    private func question(_ request: Request, _ context: ServingContext) async throws -> Response {
        let text = try RequestForm.query(request)[Self.proofField]
        return try await door.show(.regrouping, request, context, freshness: .recent) { visitor in
            guard let proof = RegroupingProof(text, of: visitor), let text else {
                return stale(visitor)
            }
            let now = visitor.now
            let found = try await desk.store.read { reader in
                (
                    other: try reader.account(proof.absorbed),
                    theirs: try reader.family(of: proof.absorbed, at: now),
                    ours: try reader.family(of: proof.main, at: now)
                )
            }
            guard let other = found.other, other.revision == proof.absorbedRevision,
                visitor.account.revision == proof.mainRevision
            else { return stale(visitor) }
            let known = Set(found.ours.children.map(\.view.child.id))
            let page = RegroupingQuestionPage(
                form: StepForm(
                    action: Self.confirmationPath,
                    hidden: visitor.hiddenFields() + [
                        HiddenField(name: Self.proofField, value: text)
                    ]),
                main: visitor.isFederated ? nil : visitor.account.identifier,
                absorbed: other.identifier,
                children: found.theirs.children.map { child in
                    RegroupingQuestionPage.Child(
                        firstName: child.view.child.firstName,
                        birthDate: child.view.child.birthDate,
                        isKnown: known.contains(child.view.child.id))
                })
            return visitor.answer(page, for: AccountOwner(visitor, found.ours.guardians.latest))
        }
    }

    /// Either account has changed, or ten minutes have passed: nothing happens, and it begins again.
    private func stale(_ visitor: Visitor) -> Response {
        visitor.leads(to: .regrouping, saying: .regroupingStale)
    }

    // MARK: REG-3

    private func regroup(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.regrouping, request, context, freshness: .recent) { form, visitor in
            guard let proof = RegroupingProof(form[Self.proofField], of: visitor) else {
                return stale(visitor)
            }
            let (desk, now) = (desk, visitor.now)
            let (other, isSamePerson) = try await desk.store.read { reader in
                // The directory may have delivered other names since REG-1.
                (
                    try reader.account(proof.absorbed),
                    Self.isOnePerson(
                        try reader.guardians(of: proof.main),
                        try reader.guardians(of: proof.absorbed))
                )
            }
            guard let other, isSamePerson else { return stale(visitor) }
            let merge = AccountMerge(
                id: desk.makeID(at: now), main: proof.main, mainRevision: proof.mainRevision,
                absorbed: proof.absorbed, absorbedRevision: proof.absorbedRevision)
            let mails = AccountMails(desk: desk).regrouped(visitor.account, other, at: now)
            let changes =
                [
                    .absorb(merge), visitor.audit(.regrouped, other.identifier),
                    visitor.audit(.absorbed, of: other.id, visitor.account.identifier),
                ] + mails
            switch try await visitor.commit(changes) {
            case .saved: return visitor.leads(to: .children, saying: .regrouped)
            // Of two posts one wins; either account may have changed besides.
            case .moved, .limited: return stale(visitor)
            }
        }
    }
}
