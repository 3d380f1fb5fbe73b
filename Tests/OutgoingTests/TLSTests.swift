import Foundation
import Outgoing
import Testing

@Suite("A call over TLS")
struct TLSTests {
    @Test("is answered where the extra authority signed the certificate, and by nobody else")
    func authority() async throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        let url = "https://127.0.0.1:\(server.port)/"
        var options = HTTPFetch.Options()
        options.extraCAFile = server.folder.appending(path: "ca.pem").path
        options.totalTimeout = .seconds(20)
        let trusting = try HTTPFetch(options)
        let answer = try await trusting.send(OutgoingRequest(.get, url))
        #expect(answer.status == 200)

        options.extraCAFile = nil
        let strict = try HTTPFetch(options)
        do throws(FetchError) {
            _ = try await strict.send(OutgoingRequest(.get, url))
            Issue.record("must be refused")
        } catch {
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("is refused where the certificate is for another name")
    func name() async throws {
        let server = try TLSServer(name: "DNS:example.org")
        var options = HTTPFetch.Options()
        options.extraCAFile = server.folder.appending(path: "ca.pem").path
        options.totalTimeout = .seconds(20)
        let fetch = try HTTPFetch(options)
        do throws(FetchError) {
            _ = try await fetch.send(OutgoingRequest(.get, "https://127.0.0.1:\(server.port)/"))
            Issue.record("must be refused")
        } catch {
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("needs a readable file of authorities")
    func missingFile() {
        var options = HTTPFetch.Options()
        options.extraCAFile = "/nonexistent/ca.pem"
        #expect(throws: FetchError.self) { try HTTPFetch(options) }
    }
}
