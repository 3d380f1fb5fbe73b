import NIOCore

/// A page of our own, for a parent who is signed in: whole, of the same person each time, and with as
/// many services as the family has children.
final class GuardianPage: Conversation {
    private let request: ByteBuffer
    private let services: Int
    private var person: String?

    /// - Parameter services: links to teleservices that the page must have.
    init(_ requests: Requests, path: String, browser: String, services: Int) {
        request = requests.get(path, headers: "Cookie: \(browser)\r\n")
        self.services = services
    }

    func begin() -> ByteBuffer { request }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isPage, answer.bodyContains("</html>"),
            let name = answer.text(after: "<span id=\"user-name\">", before: 0x3C)
        else { return .unexpected("a page of a parent", answer) }
        guard let person else {
            let page = String(decoding: answer.bodyBytes, as: UTF8.self)
            guard page.split(separator: "class=\"service\"").count == services + 1 else {
                return .unexpected("another number of services", answer)
            }
            person = name
            return .done
        }
        return name == person ? .done : .unexpected("another person's page", answer)
    }
}
