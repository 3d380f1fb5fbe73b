import Flow
import FoundationEssentials
import Store
import Tokens

private let now = Date(timeIntervalSince1970: 1_795_255_200)
private let redirectURI = "https://teleservice.example.org/callback"
/// One client that must use PKCE, and one that need not.
private let clients = [false, true].compactMap { isLegacy in
    try? RegisteredClient(
        Client(
            id: "lsu", metadata: #"{"redirect_uris": ["\#(redirectURI)"]}"#,
            policy: isLegacy ? #"{"pkce": "legacy"}"# : "{}", secrets: [],
            sector: "teleservice.example.org", createdAt: now, updatedAt: now))
}
private let scopes = Scope("openid profile email scolarite offline_access") ?? Scope("openid")

/// Whatever is asked: nothing is redirected anywhere but to the registered address, what is accepted
/// has passed the rules, and it survives the way through an interaction.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    precondition(clients.count == 2, "the samples can't be read")
    guard let form = try? Form(parsing: bytes), let scopes else { return 0 }
    for (client, isLegacy) in zip(clients, [false, true]) {
        do {
            let request = try AuthorizationRequest(
                form, for: client,
                checks: .init(knownScopes: scopes) { token, _ in token == "ours" ? "subject" : nil
                },
                at: now)
            precondition(request.target.uri.text == redirectURI)
            precondition(form.duplicates.isEmpty)
            precondition(request.scope.contains(Scope.openID))
            precondition(isLegacy || request.codeChallenge != nil, "accepted without PKCE")
            precondition(!request.prompt.contains(.none) || request.prompt.count == 1)
            checkCoding(request)
        } catch {
            switch error {
            case .redirect(_, let target): precondition(target.uri.text == redirectURI)
            case .page: break  // told to the person, and to nobody else
            }
        }
    }
    return 0
}

private func checkCoding(_ request: AuthorizationRequest) {
    guard let id = InteractionRecord.ID(bytes: [UInt8](repeating: 7, count: 16)),
        let browser = Digest(bytes: [UInt8](repeating: 9, count: 32))
    else { fatalError("the samples can't be made") }
    let interaction = Interaction(
        id: id, browser: browser, purpose: .signIn(.client(request)), expiresAt: now)
    precondition(
        Interaction(encoded: interaction.encoded(), revision: 1) == interaction,
        "written and read, it differs")
}
