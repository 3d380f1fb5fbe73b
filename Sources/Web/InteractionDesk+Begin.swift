import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store

extension InteractionDesk {
    /// Sends the browser to the first step of a new flow, with all that is known sealed in the address:
    /// an anonymous request writes nothing. Nil where that is too long to travel.
    ///
    /// - Parameters:
    ///   - session: what has proved something already, where it will do.
    ///   - step: the door to open with, where it is not the first.
    public func begin(
        _ purpose: Interaction.Purpose, _ cookies: CookieJar, provedBy session: Session? = nil,
        notice: Interaction.Notice? = nil, opening step: StepID? = nil, at now: Date
    ) -> Response? {
        let browser = BrowserCookie(cookies, desk)
        let interaction = Interaction(
            id: desk.makeID(at: now), browser: browser.digest, purpose: purpose,
            who: session.map { .account(ProvedAccount($0)) } ?? .unknown,
            facts: session.map { Fact.ofSession($0.facts) } ?? [], notice: notice,
            session: session?.id, expiresAt: now + desk.policy.lifetimes.interaction)
        guard let sealed = seal.travelling(interaction, desk.environment) else { return nil }
        var headers = browser.headers
        for name in FlowProofs(cookies, desk).abandoned {
            headers.append(HTTPField(name: .setCookie, value: desk.cookies.expire(name)))
        }
        let path = Dispatcher.path(interaction.id, step, sealed: sealed)
        return Redirect.seeOther(desk.url(path), headers: headers)
    }
}
