import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("A row's identifier")
struct RowIDTests {
    @Test("is a UUID of version 7, ordered by time (RFC 9562 §5.7)")
    func version() throws {
        let first = RowID<Account>(at: start, random: bytes(10, 1))
        let second = RowID<Account>(at: after(0.001), random: bytes(10, 2))
        #expect(first.bytes[6] >> 4 == 7 && first.bytes[8] >> 6 == 2)
        #expect(first < second && first.bytes.lexicographicallyPrecedes(second.bytes))
        let milliseconds = first.bytes.prefix(6).reduce(0) { $0 << 8 | Int64($1) }
        #expect(milliseconds == 1_793_610_000_000)
    }

    @Test("is read back from its bytes and its text, and from nothing else")
    func roundTrip() throws {
        let id = RowID<Account>(at: start, random: bytes(10, 1))
        #expect(RowID(bytes: id.bytes) == id)
        #expect(RowID(text: id.text) == id)
        #expect(RowID<Account>(bytes: bytes(15, 1)) == nil)
        #expect(RowID<Account>(text: "x" + id.text.dropFirst()) == nil)
        #expect(RowID<Account>(text: id.text + "0") == nil)
    }

    @Test("bears too few random bytes and impossible dates")
    func robust() {
        #expect(RowID<Account>(at: .distantPast, random: []).bytes.count == 16)
        #expect(RowID<Account>(at: .distantFuture, random: [1]).bytes.count == 16)
        #expect(RowID<Account>(at: Date(timeIntervalSince1970: .nan), random: []).bytes.count == 16)
        #expect(Date(timeIntervalSince1970: .infinity).epochMilliseconds > 0)
    }
}

@Suite("The reference of a secret")
struct SecretReferenceTests {
    @Test("has a selector of 16 bytes and a hash of 32")
    func lengths() {
        #expect(SecretReference(selector: bytes(16, 1), hash: bytes(32, 1)) != nil)
        #expect(SecretReference(selector: bytes(15, 1), hash: bytes(32, 1)) == nil)
        #expect(SecretReference(selector: bytes(16, 1), hash: bytes(31, 1)) == nil)
    }

    @Test("is compared whole")
    func comparison() {
        let hash = bytes(32, 1)
        #expect(equalInConstantTime(hash, hash))
        for index in hash.indices {
            var other = hash
            other[index] ^= 1
            #expect(!equalInConstantTime(hash, other))
        }
        #expect(!equalInConstantTime(hash, Array(hash.dropLast())))
    }
}
