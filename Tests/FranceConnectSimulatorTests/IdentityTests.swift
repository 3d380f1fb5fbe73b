import Testing

@testable import FranceConnectSimulator

@Suite("Identities") struct IdentityTests {}
