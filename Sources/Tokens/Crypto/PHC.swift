/// The text form of an Argon2id hash, parsed strictly: this algorithm and version only, parameters
/// in the order m, t, p, without leading zeros, canonical base64 without padding.
struct PHC: Equatable {
    static let saltByteCounts = 16...64
    static let hashByteCounts = 16...64

    let parameters: PasswordHash.Parameters
    let salt: [UInt8]
    let hash: [UInt8]

    init(parameters: PasswordHash.Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        let fields = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1].elementsEqual("argon2id".utf8),
            fields[2].elementsEqual("v=19".utf8),
            let parameters = PHC.parameters(fields[3]), parameters.isWithinBounds,
            let salt = Base64Alphabet.standard.decode(fields[4]),
            PHC.saltByteCounts.contains(salt.count),
            let hash = Base64Alphabet.standard.decode(fields[5]),
            PHC.hashByteCounts.contains(hash.count)
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    var text: String {
        let encode = Base64Alphabet.standard.encode
        return "$argon2id$v=19$m=\(parameters.memoryKiB),t=\(parameters.iterations)"
            + ",p=\(parameters.parallelism)$\(encode(salt))$\(encode(hash))"
    }

    private static func parameters(_ field: Substring.UTF8View) -> PasswordHash.Parameters? {
        let parts = field.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 3, let memory = number(parts[0], after: "m="),
            let iterations = number(parts[1], after: "t="),
            let parallelism = number(parts[2], after: "p=")
        else { return nil }
        return .init(memoryKiB: memory, iterations: iterations, parallelism: parallelism)
    }

    /// A decimal number of at most seven digits: the bounds are far below.
    private static func number(_ part: Substring.UTF8View, after name: String) -> Int? {
        guard part.starts(with: name.utf8) else { return nil }
        let digits = part.dropFirst(name.utf8.count)
        guard (1...7).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
