import NIOCore
import Synchronization
import Tokens

/// The parents who sign in, taken in turn, each from a network of their own: the limits of tries are
/// part of what is measured, but must not refuse a load that stands for a country.
final class Parents: Sendable {
    private let count: Int
    private let next = Atomic(0)

    init(count: Int) {
        self.count = max(1, count)
    }

    func take() -> (identifier: String, network: String) {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let identifier = Accounts.identifier(number % count)
        // 198.18.0.0/15 is reserved for benchmarks (RFC 2544).
        let network = "198.\(18 + (number >> 16 & 1)).\(number >> 8 & 255).\(number & 255)"
        return (identifier, network)
    }
}

/// A browser that nobody knows signs a parent in: authorize, the page, the form, and back to the
/// teleservice, following redirects with a cookie jar that is new each time.
final class SignIn: Conversation {
    private let provider: Provider
    private let client: Credentials
    private let parents: Parents
    private let path: String
    private var dice: Dice
    private var jar: [String] = []
    private var state = ""
    private var parent = (identifier: "", network: "")
    private var hops = 0
    private var hasPosted = false
    private static let hopsMax = 8

    private let opened: @Sendable (_ session: String, _ browser: String) -> Void

    /// - Parameter opened: is told the cookie of each session that a sign-in opens, and all cookies of its
    ///   browser.
    init(
        _ provider: Provider, _ client: Credentials, _ parents: Parents, seed: Int,
        opened: @escaping @Sendable (_ session: String, _ browser: String) -> Void = { _, _ in }
    ) {
        self.opened = opened
        self.provider = provider
        self.client = client
        self.parents = parents
        path = AuthorizationQuery.prefix(client)
        dice = Dice(seed: UInt64(seed) &+ 7919)
    }

    func begin() -> ByteBuffer {
        jar = []
        hops = 0
        hasPosted = false
        parent = parents.take()
        state = dice.text(22)
        let challenge = (try? PKCE.challenge(for: dice.text(43))) ?? ""
        return get(path + "&state=\(state)&nonce=\(dice.text(22))&code_challenge=\(challenge)")
    }

    func take(_ answer: Answer) -> Step {
        keepCookies(answer)
        hops += 1
        guard hops < Self.hopsMax else { return .unexpected("too many redirects", answer) }
        switch answer.status {
        case 302, 303:
            guard let location = answer.location, location.hasPrefix(provider.issuer + "/") else {
                return .unexpected("a redirect elsewhere", answer)
            }
            return .send(get(String(location.dropFirst(provider.issuer.utf8.count))))
        case 200 where hasPosted: return arrived(answer)
        case 200: return submit(answer)
        case 503 where hasPosted && answer.hasRetryAfter: return .turnedAway
        default: return .unexpected("sign-in", answer)
        }
    }

    private func submit(_ answer: Answer) -> Step {
        guard answer.isPage, let action = answer.text(after: "<form action=\""),
            let csrf = answer.text(after: "name=\"csrf\" value=\"")
        else { return .unexpected("the sign-in page", answer) }
        hasPosted = true
        let form =
            "csrf=\(csrf)&identifier=\(parent.identifier)&password=\(Accounts.password)"
        return .send(provider.requests.post(action, form: form, headers: headers))
    }

    /// The page by which the browser leaves, with the code in its address.
    private func arrived(_ answer: Answer) -> Step {
        guard answer.isPage, let url = answer.text(after: "content=\"0; url="),
            AuthorizationQuery.code(
                in: url.replacing("&amp;", with: "&"), to: client.redirectURI, state: state,
                issuer: provider.issuer) != nil,
            let session = jar.first(where: { $0.contains("-session=") })
        else { return .unexpected("the way back", answer) }
        opened(session, jar.joined(separator: "; "))
        return .done
    }

    private func keepCookies(_ answer: Answer) {
        for cookie in answer.cookies {
            let name = cookie.prefix { $0 != "=" } + "="
            jar.removeAll { $0.hasPrefix(name) }
            jar.append(cookie)
        }
    }

    private func get(_ target: String) -> ByteBuffer {
        provider.requests.get(target, headers: headers)
    }

    private var headers: String {
        let cookies = jar.isEmpty ? "" : "Cookie: \(jar.joined(separator: "; "))\r\n"
        return "X-Forwarded-For: \(parent.network)\r\n" + cookies
    }
}
