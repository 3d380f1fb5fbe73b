import FoundationEssentials
import Messages
import Store
import Tokens
import Web

/// A person of the directory whose account has not been opened yet.
public struct SampleRecord: Sendable {
    public let account: Account
    public let guardian: Guardian

    public init(account: Account, guardian: Guardian) {
        self.account = account
        self.guardian = guardian
    }
}

/// The schools of M. LOYEZ's children.
public enum SampleSchool: String, Sendable {
    case victorHugo = "Collège Victor Hugo"
    case marieCurie = "Ecole élémentaire Marie Curie"

    var uai: String {
        switch self {
        case .victorHugo: "0590002B"
        case .marieCurie: "0590003C"
        }
    }
}

extension TestDesk {
    /// A record of the directory: M. Patrick LOYEZ, unless told otherwise.
    public func makeRecord(
        _ identifier: String = "p.loyez", civility: String = "M.", firstName: String = "Patrick",
        lastName: String = "LOYEZ", mobile: String? = "+33639980010",
        _ edit: (inout Account, inout Guardian) -> Void = { _, _ in }
    ) async throws -> SampleRecord {
        let now = clock.now
        var account = Account(
            id: desk.makeID(at: now), identifier: identifier, createdAt: now, updatedAt: now)
        var guardian = Guardian(
            id: desk.makeID(at: now), sourceKey: identifier, account: account.id,
            civility: civility, lastName: lastName, firstName: firstName, mobilePhone: mobile,
            updatedAt: now)
        edit(&account, &guardian)
        let (made, record) = (account, guardian)
        try await store.write { writer in
            try writer.insert(made)
            try writer.upsert(record)
        }
        return SampleRecord(account: made, guardian: record)
    }

    /// A pupil whom all of these represent.
    @discardableResult
    public func makePupil(
        _ firstName: String, _ lastName: String = "LOYEZ", born birthDate: String,
        at school: SampleSchool = .marieCurie, of records: [SampleRecord]
    ) async throws -> Child {
        let now = clock.now
        let child = Child(
            id: desk.makeID(at: now), sourceKey: "\(firstName) \(lastName) \(birthDate)",
            lastName: lastName, firstName: firstName, birthDate: birthDate)
        let schoolClass = SchoolClass(
            id: desk.makeID(at: now), sourceKey: "class of " + school.uai, school: school.uai,
            label: "CE2 A", level: "CE2")
        return try await store.write { writer in
            try writer.upsert(
                School(
                    uai: school.uai, name: school.rawValue, academy: "LILLE", sector: .public))
            var child = child
            child.schoolClass = try writer.upsert(schoolClass)
            let id = try writer.upsert(child)
            for record in records {
                try writer.upsert(
                    ChildLink(guardian: record.guardian.id, child: id, legalLevel: .representative))
            }
            return child
        }
    }

    /// The directory writes another number, or none.
    public func setMobile(_ number: String?, of guardian: Guardian) async throws {
        var record = guardian
        record.mobilePhone = number
        let changed = record
        try await store.write { _ = try $0.upsert(changed) }
    }

    /// The SMS that were to be sent, oldest first.
    public func textMessages() async throws -> [TextMessage] {
        try await meant(.sms).map { record in
            guard case .sms(let message) = try desk.outbox.message(of: record) else {
                throw SampleError.notASMS
            }
            return message
        }
    }

    /// The mails that were to be sent, oldest first.
    public func mails() async throws -> [Mail] {
        try await meant(.mail).compactMap { record in
            if case .mail(let mail) = try desk.outbox.message(of: record) { mail } else { nil }
        }
    }

    /// What a courier takes, or has taken: a row that stands for nobody is never due.
    private func meant(_ kind: OutboxKind) async throws -> [OutboxRecord] {
        try await store.read { try $0.outbox(limit: 999) }
            .filter { $0.kind == kind && $0.expiresAt > $0.notBefore }
            .sorted { $0.id < $1.id }
    }

    /// The code of the newest SMS.
    public func newestCode() async throws -> String {
        guard let text = try await textMessages().last?.text,
            let code = text.firstMatch(of: /\b\d{6}\b/)
        else { throw SampleError.notASMS }
        return String(code.output)
    }

    public func account(_ identifier: String) async throws -> Account? {
        try await store.read { try $0.account(identifier: identifier) }
    }
}
