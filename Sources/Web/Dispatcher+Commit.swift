import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens

extension Dispatcher {
    /// Saves what a step decided, in one transaction with the limits that it must keep. Of two parallel
    /// posts one wins; the other is sent on to what is there now.
    ///
    /// The answer is a redirect, so that the way back never asks to send a form again (J §3.0 no. 6);
    /// but where a limit is reached, nothing more is written for an answer, and the screen comes at once.
    func commit(
        _ transition: Transition, _ visit: Visit, of step: StepID, _ network: String
    ) async throws -> Response {
        switch transition.next {
        case .stay: return proceed(visit)
        case .again(let page): return try await refuse(page, transition, visit, of: step, network)
        case .dispatch, .leave: break
        }
        var interaction = transition.applied(to: visit.interaction)
        interaction.expiresAt =
            transition.expiresAt ?? visit.now + desk.policy.lifetimes.interaction
        let headers = hold(&interaction)
        let rules = transition.limit?.rules ?? []
        let event = usedUp(visit, step, network)
        switch try await save(interaction, transition.changes, visit, rules, noting: event) {
        case .saved: break
        case .limited(let until):
            guard let limit = transition.limit else { return proceed(visit) }
            return tooMany(limit.page(until), until: until, at: visit.now)
        case .moved:
            // Whoever came first decides; this browser sees what is there now, and holds no proof of it.
            return proceed(visit)
        }
        if case .leave(let url, let name) = transition.next {
            var response = LeavePage(layout: desk.layout, to: url, destination: name).response
            response.headers.append(contentsOf: headers)
            return response
        }
        return Redirect.seeOther(
            desk.url(Self.path(interaction.id, sealed: nil)), headers: headers)
    }

    /// Keeps the screen of a form that can't be taken, and sends the browser to it.
    ///
    /// The screen itself is the answer where it may not be kept: it is too long; there were so many in
    /// this minute, in the flow, or from the network where the flow has no row yet; another post came
    /// first; or the row is another browser's to fill, since a form that changes nothing must not wipe
    /// what was shown and typed there.
    private func refuse(
        _ page: any Page, _ transition: Transition, _ visit: Visit, of step: StepID,
        _ network: String
    ) async throws -> Response {
        let (changes, now) = (transition.changes, visit.now)
        var (interaction, headers) = (visit.interaction, HTTPFields())
        var isKept = false
        if let refused = RefusedForm(page, of: step, at: now), visit.isHeld {
            interaction.notice = nil
            interaction.refused = refused
            headers = hold(&interaction)
            let rules =
                visit.isStored
                ? AttemptLimit.refusedForms(of: interaction.id)
                : AttemptLimit.newFlows(by: .refusedForm, network: network)
            let saved = try await save(interaction, changes, visit, rules, noting: nil)
            if case .saved = saved { isKept = true }
        }
        guard isKept else {
            // What the form has tried is noted all the same.
            if !changes.isEmpty {
                try await desk.store.write { try $0.apply(changes, at: now) }
            }
            return desk.layout.response(page, status: .unprocessableContent)
        }
        let path = Self.path(interaction.id, step, sealed: nil)
        return Redirect.seeOther(
            desk.url(path + "?" + StepField.refused + "=1"), headers: headers)
    }

    /// Gives what is about to be kept to this browser alone: the field that tells it, if it is new.
    private func hold(_ interaction: inout Interaction) -> HTTPFields {
        guard interaction.holder == nil, interaction.session == nil else { return [:] }
        let proof = Base64URL.encode(desk.environment.random(32))
        interaction.holder = Digest.sha256(proof)
        return [
            .setCookie: desk.cookies.setCookie(
                desk.cookies.proof(of: interaction.id.address), proof)
        ]
    }

    /// What became of a transition.
    enum Saved: Sendable {
        case saved
        case limited(until: Date)
        /// Another post came first, or what a change was decided on is no longer so.
        case moved
    }

    /// - Parameters:
    ///   - rules: what may be done only so often.
    ///   - usedUp: noted where one of them refuses.
    func save(
        _ interaction: Interaction, _ changes: [Change], _ visit: Visit, _ rules: [AttemptRule],
        noting usedUp: AuditEvent?
    ) async throws -> Saved {
        guard let record = interactions.seal.record(of: interaction, desk.environment) else {
            throw HTTPError(.serviceUnavailable)
        }
        let (isStored, now) = (visit.isStored, visit.now)
        do {
            return try await desk.store.write { writer in
                if case .refused(let until) = try writer.reserve(rules, at: now) {
                    if let usedUp { try writer.appendOnceAMinute(usedUp) }
                    return .limited(until: until)
                }
                if isStored {
                    try writer.commit(record, changes, at: now)
                } else {
                    try writer.begin(record)
                    try writer.apply(changes, at: now)
                }
                return .saved
            }
        } catch StoreError.conflict {
            return .moved
        }
    }

    /// The answer to one try or one message too many.
    func tooMany(_ page: any Page, until: Date, at now: Date) -> Response {
        let wait = max(1, Int64(until.timeIntervalSince(now).rounded(.up)))
        return desk.layout.response(
            page, status: .tooManyRequests, headers: [.retryAfter: String(wait)])
    }

    func usedUp(_ visit: Visit, _ step: StepID, _ network: String) -> AuditEvent {
        AuditEvent(
            id: desk.makeID(at: visit.now), at: visit.now, kind: .triesUsedUp,
            account: visit.interaction.account?.id, client: visit.client?.id, network: network,
            detail: step.rawValue)
    }
}

extension StoreWriter {
    /// Notes a refusal (SR-63), once a minute for a network: a flood must not fill the audit.
    func appendOnceAMinute(_ event: AuditEvent) throws {
        let note = AttemptLimit.note(ofRefused: event.network ?? "")
        if case .allowed = try reserve([note], at: event.at) { try append(event) }
    }
}
