import FoundationEssentials

/// One key as a JSON file: `<kid>.json` for a signing key, `store-<id>.json` for a store key.
enum KeyFile {
    static let storePrefix = "store-"

    /// Thumbprints of keys printed in standards and tutorials: a key that everybody has signs for
    /// everybody (security.md 2.23).
    static let sampleThumbprints: Set<String> = [
        "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8",  // RFC 7515 A.2
        "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",  // RFC 7515 A.3
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",  // RFC 7517 A.2, EC
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",  // RFC 7517 A.2, RSA
        "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",  // RFC 7520 §3.4
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",  // RFC 8037 A.1
    ]

    static func entry(_ json: JSON, file: String) throws -> KeyRing.Entry {
        let members = try json.members()
        let unknown = members.unknownMembers(besides: [
            "kid", "alg", "createdAt", "publishedAt", "activeAt", "retiredAt", "withdrawnAt",
            "forgottenAt", "key",
        ])
        guard unknown.isEmpty else {
            throw KeyRingError.malformed(file: file, "unknown member \(unknown[0])")
        }
        let keyID = try members.requiredString("kid")
        guard isKeyID(keyID), file == fileName(keyID: keyID) else {
            throw KeyRingError.malformed(file: file, "the name isn't that of its kid")
        }
        guard let algorithm = Algorithm(rawValue: try members.requiredString("alg")) else {
            throw KeyRingError.malformed(file: file, "unknown alg")
        }
        let times = KeyTimes(
            createdAt: try requiredTime(members, "createdAt", file),
            publishedAt: try requiredTime(members, "publishedAt", file),
            activeAt: try requiredTime(members, "activeAt", file),
            retiredAt: try members.numericDate("retiredAt"),
            withdrawnAt: try members.numericDate("withdrawnAt"),
            forgottenAt: try members.numericDate("forgottenAt"))
        guard times.isOrdered else {
            throw KeyRingError.malformed(file: file, "the times are out of order")
        }
        let key = try PrivateKey(pem: Secret(try members.requiredString("key")))
        let entry = try KeyRing.Entry(
            keyID: keyID, algorithm: algorithm, times: times, key: key)
        guard !sampleThumbprints.contains(entry.jwk.thumbprint) else {
            throw KeyRingError.sampleKey(file: file)
        }
        return entry
    }

    static func storeEntry(_ json: JSON, file: String) throws -> KeyRing.StoreEntry {
        let members = try json.members()
        let id = try members.requiredString("id")
        guard file == storeFileName(id: id),
            let bytes = Base64URL.decode(try members.requiredString("key")),
            let key = StoreKey(id: id, bytes: bytes)
        else { throw KeyRingError.malformed(file: file, "not a store key of that name") }
        // A run of one byte is a placeholder, not a key.
        guard Set(bytes).count > 1 else { throw KeyRingError.sampleKey(file: file) }
        return KeyRing.StoreEntry(
            key: key, createdAt: try requiredTime(members, "createdAt", file),
            activeAt: try requiredTime(members, "activeAt", file))
    }

    static func bytes(
        keyID: String, algorithm: Algorithm, times: KeyTimes, key: PrivateKey
    ) throws(KeyError) -> [UInt8] {
        let pem = try key.pem()
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("kid", keyID)
            writer.member("alg", algorithm.rawValue)
            writer.member("createdAt", times.createdAt.epochSeconds)
            writer.member("publishedAt", times.publishedAt.epochSeconds)
            writer.member("activeAt", times.activeAt.epochSeconds)
            writer.member("retiredAt", ifPresent: times.retiredAt?.epochSeconds)
            writer.member("withdrawnAt", ifPresent: times.withdrawnAt?.epochSeconds)
            writer.member("forgottenAt", ifPresent: times.forgottenAt?.epochSeconds)
            writer.member("key", pem.text)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    static func bytes(_ entry: KeyRing.StoreEntry) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.object { writer in
            writer.member("id", entry.key.id)
            writer.member("createdAt", entry.createdAt.epochSeconds)
            writer.member("activeAt", entry.activeAt.epochSeconds)
            writer.member("key", Base64URL.encode(entry.key.bytes.exposed))
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    static func fileName(keyID: String) -> String { keyID + ".json" }
    static func storeFileName(id: String) -> String { storePrefix + id + ".json" }

    /// Letters, digits, `-` and `_`, at most 64: safe as a file name, in a header and in a log.
    private static func isKeyID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix(storePrefix)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func requiredTime(
        _ members: JSONMembers, _ name: String, _ file: String
    ) throws -> Date {
        guard let time = try members.numericDate(name) else {
            throw KeyRingError.malformed(file: file, "no \(name)")
        }
        return time
    }
}
