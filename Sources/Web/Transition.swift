import FoundationEssentials
import Flow
import Store

/// What a form has changed: facts are added, the store's changes are committed with them, and the
/// flow goes on from what is then known.
public struct Transition: Sendable {
    public enum Next: Sendable {
        /// Ask `nextMove`.
        case dispatch
        /// The same screen with a message, which is all that changes of the interaction.
        case again(any Page)
        /// Whatever is due: nothing was typed, and nothing is written.
        case stay
        /// On to another site, whose address this is, by a page of ours (D15).
        case leave(url: String, name: String)
    }

    /// What becomes of a part of the interaction.
    public enum Edit<Value: Sendable>: Sendable {
        case keep, clear
        case set(Value)

        var sets: Bool {
            if case .set = self { true } else { false }
        }

        func applied(to value: inout Value?) {
            switch self {
            case .keep: break
            case .clear: value = nil
            case .set(let new): value = new
            }
        }
    }

    /// What may be done only so often, counted in the transaction that does it.
    public struct Limit: Sendable {
        public let rules: [AttemptRule]
        /// The screen again, when the limit is reached until then.
        public let page: @Sendable (_ until: Date) -> any Page

        public init(_ rules: [AttemptRule], page: @escaping @Sendable (_ until: Date) -> any Page) {
            self.rules = rules
            self.page = page
        }
    }

    /// Forgets the person first: what follows is about somebody else, or about nobody.
    public var restarts: Bool
    public var facts: [Fact]
    /// Who the facts are about, once that is known: an account as it was read before the proof, or as
    /// this transition's changes make it.
    public var who: Who?
    public var upstream: Edit<UpstreamSignIn>
    public var pending: Edit<Pending>
    /// What is recovered is recovered by nobody in particular: to set it forgets the person first, and
    /// whatever says who somebody is ends it.
    public var recovery: Edit<Recovery>
    public var draft: Edit<Draft>
    public var notice: Interaction.Notice?
    public var changes: [Change]
    public var limit: Limit?
    /// When what is waited for lives longer than an interaction does.
    public var expiresAt: Date?
    public var next: Next

    public init(
        restarts: Bool = false, facts: [Fact] = [], who: Who? = nil,
        upstream: Edit<UpstreamSignIn> = .keep, pending: Edit<Pending> = .keep,
        recovery: Edit<Recovery> = .keep, draft: Edit<Draft> = .keep,
        notice: Interaction.Notice? = nil, changes: [Change] = [],
        limit: Limit? = nil, expiresAt: Date? = nil, next: Next = .dispatch
    ) {
        self.restarts = restarts
        self.facts = facts
        self.who = who
        self.upstream = upstream
        self.pending = pending
        self.recovery = recovery
        self.draft = draft
        self.notice = notice
        self.changes = changes
        self.limit = limit
        self.expiresAt = expiresAt
        self.next = next
    }

    /// The same screen with a message; `changes` (an audit note, say) are written all the same.
    public static func again(_ page: any Page, _ changes: [Change] = []) -> Transition {
        Transition(changes: changes, next: .again(page))
    }

    /// The interaction after this. Proofs of another person, or of one who was signed in already, begin
    /// anew: all facts are about one person, shown in this flow.
    func applied(to interaction: Interaction) -> Interaction {
        var interaction = interaction
        interaction.refused = nil
        if restarts || recovery.sets { interaction.forgetPerson() }
        if let who {
            if interaction.who != who || interaction.session != nil { interaction.facts = [] }
            // What was typed and sent out served to find the account.
            if case .account = who { (interaction.draft, interaction.pending) = (nil, nil) }
            interaction.who = who
            interaction.session = nil
        }
        interaction.facts += facts
        upstream.applied(to: &interaction.upstream)
        pending.applied(to: &interaction.pending)
        recovery.applied(to: &interaction.recovery)
        draft.applied(to: &interaction.draft)
        interaction.notice = notice
        if interaction.knowsSomebody { interaction.recovery = nil }
        return interaction
    }
}

extension Interaction {
    /// Whether anything says who somebody is.
    fileprivate var knowsSomebody: Bool { who != .unknown || !facts.isEmpty || upstream != nil }
}
