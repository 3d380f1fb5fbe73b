import Flow
import FoundationEssentials
import HTML
import Parents
import Store
import Tokens
import Web

/// An identity of a provider is to open the account of whoever is signed in by their password
/// (journeys.md §8.2 no. 9): the screen with the providers' buttons, and what an identity that comes
/// back amounts to.
struct UpstreamLinking: Sendable {
    let doors: SignInDoors

    func page(
        _ context: StepContext, notice: Interaction.Notice? = nil, wait: Wait? = nil
    ) -> UpstreamLinkPage {
        UpstreamLinkPage(
            form: context.form(to: .upstream), doors: doors.entrances(at: context.now),
            provider: doors.onlyProvider, notice: notice, wait: wait)
    }

    /// The link, where the identity is nobody else's and its names are those of the account's owner.
    /// Written only while the session that asked for it lives. What the provider keeps open in this
    /// browser ends with the session from now on: the identity is a key to this account.
    func linked(
        _ signIn: UpstreamSignIn, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let proved = interaction.account, let session = interaction.session else {
            return Transition(restarts: true)
        }
        let (issuer, subject) = (signIn.issuer, signIn.subject)
        let (link, account, guardians) = try await context.desk.store.read { reader in
            (
                try reader.upstreamLink(issuer: issuer, subject: subject),
                try reader.account(proved.id), try reader.guardians(of: proved.id)
            )
        }
        guard let account else { return Transition(restarts: true) }
        if let link, link.account != account.id {
            return refused(.upstreamTaken, account, signIn, context)
        }
        guard
            guardians.contains(where: { .ofPivot(signIn.names, with: $0) == IdentityMatch.strong })
        else { return refused(.upstreamOtherPerson, account, signIn, context) }
        let made = UpstreamLink(
            issuer: issuer, subject: subject, account: account.id, createdAt: context.now)
        let mail = AccountMails(desk: context.desk).linked(
            account, provider: doors.name(of: signIn.provider), at: context.now)
        let changes: [Change?] = [
            .whileLive(session, of: account.id, epoch: proved.epoch), .link(made),
            context.audit(.linked, account, signIn.provider), mail,
        ]
        return Transition(
            facts: [.decided(.linked, at: context.now)], upstream: .set(signIn),
            changes: link == nil ? changes.compactMap { $0 } : [])
    }

    private func refused(
        _ notice: Interaction.Notice, _ account: Account, _ signIn: UpstreamSignIn,
        _ context: StepContext
    ) -> Transition {
        Transition(
            notice: notice, changes: [context.audit(.linkRefused, account, signIn.provider)])
    }
}

/// The providers' buttons, for whoever wants to sign in by them later.
struct UpstreamLinkPage: Page {
    let form: StepForm
    let doors: [UpstreamDoor]
    /// The provider that notices are about; nil where it could be one of several.
    let provider: String?
    let notice: Interaction.Notice?
    /// Where it was tried too often.
    let wait: Wait?

    private static let heading = "Je lie une identité à mon compte"

    var title: String { title(Self.heading, hasError: notice != nil || wait != nil) }
    var keepsForm: Bool { true }

    var content: Markup {
        p(.class("overline"), text: "MON COMPTE")
        h1(text: Self.heading)
        if let notice { NoticeBox(notice, provider: provider) }
        if let wait { Notice(.error, id: "link-error", text: wait.tooManyAttempts) }
        p(
            .class("lead"),
            text: "L'identité que vous allez présenter ouvrira votre compte EduConnect sans mot de "
                + "passe. Elle doit être la vôtre\u{A0}: ses nom et prénom doivent être ceux que "
                + "l'école de votre enfant connaît.")
        for door in doors {
            UpstreamEntrance(
                door: door, form: form, heading: "J'utilise mon identité \(door.name)",
                alternative: "Réessayez plus tard.")
        }
        PostForm(action: form.action, hidden: form.hidden) { ButtonRow { CancelButton() } }
    }
}
