import FoundationEssentials

/// What a code sent by SMS is good for; never for anything else (SR-51).
public enum SMSPurpose: String, Sendable, CaseIterable {
    case enrolment, stepUp, identifierReminder, passwordReset
}

/// A code sent by SMS (J-§2.9). One is good at a time for each purpose and subject: a newer one
/// voids the older, another person's code on the same number stays good.
public struct SMSChallenge: Sendable, Equatable {
    public typealias ID = RowID<SMSChallenge>

    public let id: ID
    public var purpose: SMSPurpose
    /// 32 bytes: a hash, by the caller, of the account or of the set of candidates.
    public var subject: [UInt8]
    /// In the form of E.164 (`+33639980001`).
    public var phone: String
    /// 32 bytes.
    public var codeHash: [UInt8]
    public var createdAt: Date
    public var expiresAt: Date
    public var usedAt: Date?

    public init(
        id: ID, purpose: SMSPurpose, subject: [UInt8], phone: String, codeHash: [UInt8],
        createdAt: Date, expiresAt: Date, usedAt: Date? = nil
    ) {
        self.id = id
        self.purpose = purpose
        self.subject = subject
        self.phone = phone
        self.codeHash = codeHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}
