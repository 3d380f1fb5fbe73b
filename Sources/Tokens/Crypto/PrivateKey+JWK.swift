import COpenSSL

extension PrivateKey {
    /// The private members of an RSA key: JWK names and OpenSSL's (EVP_PKEY-RSA(7)).
    private static let rsaMembers: [(jwk: String, openSSL: StaticString)] = [
        ("d", "d"),
        ("p", "rsa-factor1"),
        ("q", "rsa-factor2"),
        ("dp", "rsa-exponent1"),
        ("dq", "rsa-exponent2"),
        ("qi", "rsa-coefficient1"),
    ]

    /// Reads a private JWK (RFC 7518 §6, RFC 8037); RSA with all its members.
    public init(jwk: JSON) throws(KeyError) {
        let members: JSONMembers
        do { members = try jwk.members() } catch { throw .malformed("not an object") }
        let parameters = try PublicKey.Parameters(members)
        // The public half first: it bounds the sizes.
        _ = try PublicKey(parameters)
        switch parameters {
        case .rsa(let modulus, let exponent):
            var numbers: [(StaticString, [UInt8])] = [("n", modulus), ("e", exponent)]
            for member in PrivateKey.rsaMembers {
                let number = try members.keyBytes(member.jwk, atMost: modulus.count)
                numbers.append((member.openSSL, number))
            }
            try self.init(try KeyHandle.make("RSA", isPrivate: true, numbers: numbers))
        case .p256(let x, let y):
            let number = try members.keyBytes("d", exactly: PublicKey.coordinateByteCount)
            try self.init(
                try KeyHandle.make(
                    "EC", isPrivate: true, numbers: [("priv", number)],
                    octets: ("pub", [4] + x + y),
                    text: ("group", "P-256")))
        case .ed25519(let x):
            let seed = try members.keyBytes("d", exactly: PublicKey.coordinateByteCount)
            guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
            else { throw .malformed("not an Ed25519 key") }
            try self.init(KeyHandle(owning: key))
            // OpenSSL computes the public half from the seed; the written one must be that.
            guard publicKey.parameters == .ed25519(x: x) else {
                throw .malformed("the private and the public half don't fit")
            }
        }
    }

    /// The private JWK: secret.
    public func jwk() throws(KeyError) -> JSON {
        guard case .object(var members) = publicKey.jwkMembers else { throw .operationFailed }
        switch type {
        case .rsa:
            for member in PrivateKey.rsaMembers {
                let number = try handle.number(member.openSSL.description)
                members[member.jwk] = .string(Base64URL.encode(number))
            }
        case .p256:
            let number = try handle.number(
                OSSL_PKEY_PARAM_PRIV_KEY, width: PublicKey.coordinateByteCount)
            members["d"] = .string(Base64URL.encode(number))
        case .ed25519:
            var seed = [UInt8](repeating: 0, count: PublicKey.coordinateByteCount)
            var count = seed.count
            guard EVP_PKEY_get_raw_private_key(handle.pointer, &seed, &count) == 1,
                count == seed.count
            else { throw .operationFailed }
            members["d"] = .string(Base64URL.encode(seed))
        }
        return .object(members)
    }
}

extension PublicKey.Parameters {
    /// The public numbers of a JWK; private members are somebody else's to look at.
    init(_ members: JSONMembers) throws(KeyError) {
        switch try members.keyText("kty") {
        case "RSA":
            self = .rsa(
                modulus: try members.keyBytes("n", atMost: 8192 / 8),
                exponent: try members.keyBytes("e", atMost: PublicKey.rsaExponentByteCountMax))
        case "EC":
            let curve = try members.keyText("crv")
            guard curve == "P-256" else { throw .unsupported("the curve \(curve)") }
            let width = PublicKey.coordinateByteCount
            self = .p256(
                x: try members.keyBytes("x", exactly: width),
                y: try members.keyBytes("y", exactly: width))
        case "OKP":
            let curve = try members.keyText("crv")
            guard curve == "Ed25519" else { throw .unsupported("the curve \(curve)") }
            self = .ed25519(
                x: try members.keyBytes("x", exactly: PublicKey.coordinateByteCount))
        case let type: throw .unsupported("the key type \(type)")
        }
    }
}

extension PublicKey {
    /// The members that RFC 7638 hashes: type, curve and numbers, nothing else.
    var jwkMembers: JSON {
        switch parameters {
        case .rsa(let modulus, let exponent):
            [
                "kty": "RSA", "n": .string(Base64URL.encode(modulus)),
                "e": .string(Base64URL.encode(exponent)),
            ]
        case .p256(let x, let y):
            [
                "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encode(x)),
                "y": .string(Base64URL.encode(y)),
            ]
        case .ed25519(let x):
            ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(x))]
        }
    }
}

extension JSONMembers {
    func keyText(_ name: String) throws(KeyError) -> String {
        do { return try requiredString(name) } catch { throw .malformed("no text \(name)") }
    }

    func keyBytes(_ name: String, exactly count: Int) throws(KeyError) -> [UInt8] {
        let bytes = try keyBytes(name, atMost: count)
        guard bytes.count == count else { throw .malformed("\(name) must have \(count) bytes") }
        return bytes
    }

    func keyBytes(_ name: String, atMost count: Int) throws(KeyError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try keyText(name)), !bytes.isEmpty,
            bytes.count <= count
        else { throw .malformed("\(name) is not base64url of 1 to \(count) bytes") }
        return bytes
    }
}
