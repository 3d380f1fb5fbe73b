import FoundationEssentials
import Flow
import Hummingbird
import Serving
import Store
import Tokens

extension Dispatcher {
    /// `GET /{provider}/retour`: what a provider's redirect brings back. It finds its interaction by the
    /// beginning of its `state`, in the browser that began it (SR-35; security history 2.29, 2.30).
    ///
    /// A return that nothing waits for (repeated, by the back button, after another way was chosen)
    /// shows where the flow stands.
    public func callback(
        from provider: String, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        let response = try RequestForm.query(request)
        // The state is the interaction's address, a dot and what only this flow knows.
        guard !response.duplicates.contains("state"),
            let prefix = response["state"]?.split(separator: ".").first,
            let id = Interaction.ID(address: prefix)
        else { throw PageError.expired }
        return try await visiting(id, sealed: nil, request) { visit in
            guard case .upstream(provider, let sent)? = visit.interaction.pending,
                let step = steps[.upstream] as? any CallbackStep,
                step.isAnswer(response, to: sent)
            else { return proceed(visit) }
            var spent = visit
            spent.interaction.pending = nil
            guard case .saved = try await save(spent.interaction, [], visit, [], noting: nil)
            else {
                return proceed(visit)
            }
            spent.interaction.revision += 1
            let transition = try await step.returned(
                response, from: provider, request: sent, spent.interaction,
                stepContext(spent, step, context))
            return try await commit(transition, spent, of: .upstream, context.networkKey)
        }
    }
}
