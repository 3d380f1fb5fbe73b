import NIOCore
import Tokens

/// Discovery and the JWK set: the first answer is read whole, every other one must be the same bytes.
final class PublishedDocument: Conversation {
    private let request: ByteBuffer
    private var known: [UInt8]?

    init(_ requests: Requests, path: String) {
        request = requests.get(path)
    }

    func begin() -> ByteBuffer { request }

    func take(_ answer: Answer) -> Step {
        guard answer.status == 200, answer.isObject else { return .unexpected("document", answer) }
        guard let known else {
            let bytes = answer.bodyBytes
            guard let document = try? JSON(parsing: bytes),
                document.member("issuer") != nil || document.member("keys") != nil
            else { return .unexpected("document", answer) }
            self.known = bytes
            return .done
        }
        return answer.bodyEquals(known) ? .done : .unexpected("a changed document", answer)
    }
}
