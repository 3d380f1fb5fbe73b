import FoundationEssentials
import Flow
import HTML
import Parents
import Store
import Tokens
import Web

/// A-6 and B-3: the birth dates of all the children confirm that the record is the right one
/// (J-A-16 to J-A-24, J-B-19 to J-B-21; SR-55). The end of journey A.
struct ChildrenStep: AuthenticationStep {
    static let id = StepID.children

    /// What a provider is called in the mail about it.
    let doors: SignInDoors

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(try await family(interaction, context), ChildrenEntry(), context)
    }

    /// A form with a date missing, or with what is none, compares nothing and is no try.
    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        let family = try await family(interaction, context)
        guard ChildrenEntry(form, family.children).errors.isEmpty else { return [] }
        return AttemptLimit.birthDates(
            guardians: family.candidates.map(\.guardian.id), context.desk.policy.enrolment)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? { try interaction.candidateAccount(in: store) }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        let family = try await family(interaction, context)
        return page(
            family, ChildrenEntry(form, family.children), context,
            .tooMany(Wait(until: until, now: context.now)))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let family = try await family(interaction, context)
        guard !family.children.isEmpty else { return Transition(restarts: true) }
        let entry = ChildrenEntry(form, family.children)
        // What was not counted as a try is not compared, even where the directory changed meanwhile.
        guard entry.errors.isEmpty, !context.counted.isEmpty else {
            return .again(page(family, entry, context))
        }
        let account = family.candidates.first?.account
        guard entry.fits(family.children) else {
            return .again(
                page(family, entry, context, .wrong), [context.audit(.birthDatesRefused, account)])
        }
        let changes: [Change] = [
            .giveBackAttempts(context.counted), context.audit(.birthDatesProved, account),
        ]
        if let upstream = interaction.upstream {
            return try await signedIn(upstream, family, changes, interaction, context)
        }
        if case .refused = EnrolmentEnd(family.accounts, .selfEnrolment) {
            return Transition(restarts: true, notice: .alreadyActive, changes: changes)
        }
        return Transition(
            facts: [.proved(.birthDates, at: context.now)], changes: changes)
    }

    /// The end of journey A: the account opens, and from then on the provider's identity opens it.
    private func signedIn(
        _ upstream: UpstreamSignIn, _ family: EnrolmentFamily, _ changes: [Change],
        _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let (kept, others): (Account, [Account])
        switch EnrolmentEnd(family.accounts, .franceConnect) {
        case .refused: return Transition(restarts: true, changes: changes)
        case .link(let account): (kept, others) = (account, [])
        case .activate(let account, let absorbed): (kept, others) = (account, absorbed)
        }
        let (issuer, subject) = (upstream.issuer, upstream.subject)
        let owner = try await context.desk.store.read { reader in
            try reader.upstreamLink(issuer: issuer, subject: subject)?.account
        }
        // Belongs to somebody else since the person left for the provider (security history 2.26).
        if let owner, !([kept] + others).contains(where: { $0.id == owner }) {
            return Transition(
                restarts: true, notice: .upstreamTaken,
                changes: changes + [context.audit(.linkRefused, kept, upstream.provider)])
        }
        let opening = EnrolmentOpening(
            .enrolledByFranceConnect, of: kept, absorbing: others, interaction, context)
        guard let opening else { return Transition(restarts: true, changes: changes) }
        let mails = AccountMails(desk: context.desk)
        let isLinked = kept.state == .active
        let told =
            isLinked
            ? mails.linked(
                opening.account, provider: doors.name(of: upstream.provider), at: context.now)
            : mails.activated(opening.account, at: context.now)
        let link = UpstreamLink(
            issuer: issuer, subject: subject, account: kept.id, createdAt: context.now)
        return Transition(
            facts: [.proved(.upstream(upstream.level), at: upstream.at)],
            who: .account(ProvedAccount(opening.account)), upstream: .set(upstream),
            changes: changes + opening.changes + [
                .link(link), context.audit(.linked, kept, upstream.provider),
            ] + (isLinked ? [] : [context.audit(.activated, kept, "franceConnect")])
                + [told].compactMap { $0 })
    }

    private func family(
        _ interaction: Interaction, _ context: StepContext
    ) async throws -> EnrolmentFamily {
        guard case .candidates(let guardians) = interaction.who else {
            return EnrolmentFamily(candidates: [], children: [])
        }
        return try await context.desk.store.read {
            try $0.enrolment(guardians, at: context.now)
        }
    }

    private func page(
        _ family: EnrolmentFamily, _ entry: ChildrenEntry, _ context: StepContext,
        _ message: ChildrenPage.Message? = nil
    ) -> any Page {
        guard let guardian = family.guardian, !family.children.isEmpty else {
            return EnrolmentOverPage(form: context.form)
        }
        return ChildrenPage(
            form: context.form, person: "\(guardian.firstName) \(guardian.lastName)",
            children: family.children, hidesFamilyNames: context.desk.policy.answersNeutrally,
            entry: entry, message: message)
    }
}

/// The birth dates as they were typed.
struct ChildrenEntry: Sendable {
    private var typed: [Child.ID: String] = [:]
    private var dates: [Child.ID: BirthDateEntry] = [:]
    private(set) var errors = FieldErrors()

    /// In Unicode scalars.
    static let lengthMax = 40

    init() {}

    init(_ form: Form, _ children: [ChildView]) {
        for view in children {
            let id = view.child.id
            let text = form.typed(Self.field(id), lengthMax: Self.lengthMax)
            typed[id] = text
            do throws(BirthDateEntry.EntryError) {
                dates[id] = try BirthDateEntry(text)
            } catch {
                errors.add(Self.field(id), FieldWords.of(error))
            }
        }
    }

    static func field(_ child: Child.ID) -> String { "birth-date-" + child.text }

    func value(_ child: Child.ID) -> String { typed[child] ?? "" }

    /// Whether every child's date is the directory's. It doesn't tell whose is not.
    func fits(_ children: [ChildView]) -> Bool {
        children.map { view in
            dates[view.child.id]?.matches(view.child.birthDate) == true
        }.allSatisfy { $0 }
    }
}
