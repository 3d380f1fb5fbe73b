public struct SMSChallenge { public typealias ID = RowID<SMSChallenge> }
public struct MailToken { public typealias ID = RowID<MailToken> }
