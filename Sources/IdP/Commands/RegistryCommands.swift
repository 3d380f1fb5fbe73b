import FoundationEssentials
import Flow
import Parents
import Serving
import Store
import Tokens
import Web

/// What an operator may do to the registry and the directory while the desk is open or closed. One
/// closed list, run either by the server that holds the store (asked over the control socket) or by
/// the command itself when no server runs (D4).
enum RegistryCommand: Sendable {
    case addClient(JSON)
    case listClients
    case showClient(id: String)
    case removeClient(id: String)
    /// `anyway`: also where the issuer is no development one.
    case loadDemonstration(anyway: Bool)
    /// The national « must change » flag: so many accounts of it, after the last one seen. With `plan`
    /// they are only counted.
    case mustChange(before: Date, after: Account.ID?, plan: Bool)
    /// Undoes the regroupement that closed this account (T16).
    case separate(identifier: String)
    /// Notes that a new key was published, which happens in the folder of keys.
    case noteRotation(key: String)
    /// The same of a stolen key that was dropped.
    case noteForgetting(key: String)

    /// As a line of the control socket.
    var json: JSON {
        switch self {
        case .addClient(let document): ["command": "client.add", "document": document]
        case .listClients: ["command": "client.list"]
        case .showClient(let id): ["command": "client.show", "id": .string(id)]
        case .removeClient(let id): ["command": "client.remove", "id": .string(id)]
        case .loadDemonstration(let anyway): ["command": "demo-data", "anyway": .bool(anyway)]
        case .mustChange(let moment, let account, let plan):
            [
                "command": "account.must-change", "before": .integer(moment.epochSeconds),
                "id": account.map { .string($0.text) } ?? .null, "plan": .bool(plan),
            ]
        case .separate(let identifier):
            ["command": "account.separate", "id": .string(identifier)]
        case .noteRotation(let key): ["command": "keys.rotated", "id": .string(key)]
        case .noteForgetting(let key): ["command": "keys.forgotten", "id": .string(key)]
        }
    }

    init?(_ json: JSON) {
        switch (json.member("command")?.string, json.member("document"), json.member("id")?.string)
        {
        case ("client.add", let document?, _): self = .addClient(document)
        case ("client.list", _, _): self = .listClients
        case ("client.show", _, let id?): self = .showClient(id: id)
        case ("client.remove", _, let id?): self = .removeClient(id: id)
        case ("demo-data", _, _):
            self = .loadDemonstration(anyway: json.member("anyway") == true)
        case ("account.must-change", _, let id):
            guard let before = json.member("before")?.integer else { return nil }
            let account = id.flatMap(Account.ID.init(text:))
            guard id == nil || account != nil else { return nil }
            self = .mustChange(
                before: Date(timeIntervalSince1970: Double(before)), after: account,
                plan: json.member("plan") == true)
        case ("account.separate", _, let id?): self = .separate(identifier: id)
        case ("keys.rotated", _, let key?): self = .noteRotation(key: key)
        case ("keys.forgotten", _, let key?): self = .noteForgetting(key: key)
        default: return nil
        }
    }
}

/// Runs registry commands on a store that this process holds.
struct Registrar: Sendable {
    let store: IdentityStore
    let environment: ServerEnvironment
    /// Whether the issuer is plain http on this machine: then redirect URIs may be so too, and
    /// demonstration data belong.
    let development: Bool
    /// Of the running server; nil where none runs.
    var desk: Desk?

    /// What the command prints, or a `CommandFailure`.
    func run(_ command: RegistryCommand) async throws -> JSON {
        switch command {
        case .addClient(let document): return try await add(document)
        case .listClients: return .array(try await all().map(Self.line))
        case .showClient(let id): return try await show(id)
        case .removeClient(let id): return try await remove(id)
        case .loadDemonstration(let anyway):
            guard development || anyway else {
                throw CommandFailure(
                    "demonstration accounts, whose password everybody knows, are only for an issuer "
                        + "that is http:// on this machine: --anyway loads them all the same")
            }
            let families = try await Demonstration(
                environment: environment
            ).load(into: store)
            return .object(["families": .integer(Int64(families))])
        case .mustChange(let moment, let account, let plan):
            return try await mustChange(before: moment, after: account, plan: plan)
        case .separate(let identifier): return try await separate(identifier)
        case .noteRotation(let key): return try await note(.keyRotated, key)
        case .noteForgetting(let key): return try await note(.keyForgotten, key)
        }
    }

    /// Steps short enough that sign-ins go on between them, and together well within the time that a
    /// command waits for an answer.
    private static let accountsAStep = 500
    private static let stepsACommand = 20

    private func mustChange(
        before moment: Date, after account: Account.ID?, plan: Bool
    ) async throws -> JSON {
        var (flagged, last) = (0, account)
        for _ in 0..<Self.stepsACommand {
            let (after, now) = (last, environment.now())
            let step =
                plan
                ? try await store.read {
                    try $0.planMustChange(before: moment, after: after, limit: Self.accountsAStep)
                }
                : try await store.write {
                    try $0.setMustChange(
                        before: moment, after: after, limit: Self.accountsAStep, at: now)
                }
            (flagged, last) = (flagged + step.flagged, step.last)
            if last == nil { break }
        }
        if !plan, flagged > 0 {
            let event = event(.mustChangeSet, detail: "\(flagged) accounts")
            try await store.write { try $0.append(event) }
        }
        return .object([
            "accounts": .integer(Int64(flagged)),
            "last": last.map { .string($0.text) } ?? .null,
        ])
    }

    private func separate(_ identifier: String) async throws -> JSON {
        guard let desk else {
            throw CommandFailure(
                "this needs the running server, which sends the mails about it: start it first")
        }
        do {
            try await RegroupingUndo(desk: desk).undo(identifier.lowercased(), by: "operator")
        } catch let refusal as RegroupingUndo.Refusal {
            throw CommandFailure(Self.sentence(refusal, identifier))
        }
        return .object(["separated": .string(identifier)])
    }

    private static func sentence(_ refusal: RegroupingUndo.Refusal, _ identifier: String) -> String
    {
        switch refusal {
        case .notAbsorbed: "no regroupement has closed the account \(identifier)"
        case .tooLate: "the days in which this regroupement could be undone have passed"
        case .movedOn:
            "the main account was absorbed itself, or changed since: undo its own regroupement first"
        }
    }

    private func note(_ kind: AuditKind, _ key: String) async throws -> JSON {
        let event = event(kind, detail: key)
        try await store.write { try $0.append(event) }
        return .null
    }

    private func add(_ document: JSON) async throws -> JSON {
        let registration: ClientRegistration
        do {
            registration = try ClientRegistration(
                document, development: development, at: environment.now(),
                random: environment.random)
        } catch {
            throw CommandFailure(
                "the client is not registered:\n"
                    + error.problems.map { "  \($0)" }.joined(separator: "\n"))
        }
        let client = registration.client
        do {
            let event = event(.clientAdded, client: client.id)
            try await store.write { writer in
                try writer.insert(client)
                try writer.append(event)
            }
        } catch StoreError.conflict {
            throw CommandFailure(
                "the client \(client.id) exists already: remove it, or choose another id")
        }
        return registration.response
    }

    private func show(_ id: String) async throws -> JSON {
        guard let client = try await store.read({ try $0.client(id) }) else { throw unknown(id) }
        guard case .object(var members) = try JSON(parsing: client.metadata) else {
            throw unknown(id)
        }
        members["client_id"] = .string(client.id)
        members["educonnect"] = try JSON(parsing: client.policy)
        return .object(members)
    }

    private func remove(_ id: String) async throws -> JSON {
        let now = environment.now()
        let event = event(.clientRemoved, client: id)
        let isRemoved = try await store.write { writer in
            guard try writer.removeClient(id, at: now) else { return false }
            try writer.append(event)
            return true
        }
        guard isRemoved else { throw unknown(id) }
        desk?.clients.forget(id)
        return .object(["removed": .string(id)])
    }

    /// What an operator changes must be provable later (SR-63).
    private func event(_ kind: AuditKind, client: String? = nil, detail: String = "") -> AuditEvent
    {
        let now = environment.now()
        return AuditEvent(
            id: .init(at: now, random: environment.random(10)), at: now, kind: kind, client: client,
            actor: "operator", detail: detail)
    }

    private func unknown(_ id: String) -> CommandFailure {
        CommandFailure("no client is called \(id): see `educonnect client list`")
    }

    private static let pageSize = 200

    private func all() async throws -> [Client] {
        var clients: [Client] = []
        while true {
            let last = clients.last?.id
            let page = try await store.read { try $0.clients(after: last, limit: Self.pageSize) }
            clients += page
            if page.count < Self.pageSize { return clients }
        }
    }

    private static func line(_ client: Client) -> JSON {
        let metadata = try? JSON(parsing: client.metadata)
        return .object([
            "client_id": .string(client.id),
            "client_name": metadata?.member("client_name") ?? .null,
            "disabled": .bool(client.disabledAt != nil),
        ])
    }
}
