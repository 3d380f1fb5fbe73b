import Foundation
import Testing
import Tokens

@testable import Federation

@Suite("The key of a client")
struct ClientKeyTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "client-key-\(UUID().uuidString)")

    private var file: String { folder.appending(path: "new/key.pem").path }

    private func failure(_ file: String) -> ClientKey.Failure? {
        do throws(ClientKey.Failure) {
            _ = try ClientKey(file: file)
            return nil
        } catch {
            return error
        }
    }

    @Test("is made at first start for its owner alone, and is the same at the next (design D27)")
    func made() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try ClientKey(file: file)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let second = try ClientKey(file: file)
        #expect(first.publicKeys == second.publicKeys)
        let jwk = try #require(first.publicKeys.keys.first)
        #expect(jwk.keyID == jwk.thumbprint)
        #expect(jwk.algorithm == .es256)
        // What it signs is verified by what is published, after a trip through JSON.
        let published = try JWKSet(parsing: first.publicKeys.serialized())
        let token = try JWS.compact(payload: Array("{}".utf8), signer: second.signer)
        _ = try JWS.verify(JWS.parse(token), keys: published)
        #expect(!String(decoding: first.publicKeys.serialized(), as: UTF8.self).contains("\"d\""))
    }

    @Test("is refused where others can read it, or it is none")
    func refused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try ClientKey(file: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        #expect(failure(file) == .file(.permissions(file)))
        let text = folder.appending(path: "text.pem").path
        try Data("no key".utf8).write(to: URL(filePath: text))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: text)
        #expect(failure(text) == .malformed(text))
        let nowhere = "/proc/nowhere/key.pem"
        #expect(failure(nowhere) == .file(.unwritable(nowhere)))
    }
}
