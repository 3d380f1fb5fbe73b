import FoundationEssentials

/// The registered claims of a verified token, typed. Source: RFC 7519 §4.1.
public struct JWT: Sendable {
    public let header: JOSEHeader
    /// All claims.
    public let claims: JSONMembers
    public let issuer: String?
    public let subject: String?
    /// `aud`, also when it was one string.
    public let audience: [String]
    /// Whether `aud` was one string (FAPI 2.0 client assertions must have that form).
    public let audienceIsString: Bool
    public let expiresAt: Date?
    public let notBefore: Date?
    public let issuedAt: Date?
    public let id: String?

    static let audienceCountMax = 32

    public init(_ jws: VerifiedJWS) throws(JWTError) {
        try self.init(header: jws.header, payload: jws.payload)
    }

    private init(header: JOSEHeader, payload: [UInt8]) throws(JWTError) {
        self.header = header
        do {
            claims = try JSON(parsing: payload).members()
        } catch {
            throw JWTError(.malformed, "the payload: \(error.code)")
        }
        do {
            issuer = try claims.optionalString("iss")
            subject = try claims.optionalString("sub")
            id = try claims.optionalString("jti")
            if let text = claims.member("aud")?.string {
                audience = [text]
                audienceIsString = true
            } else {
                audience = try claims.stringArray("aud") ?? []
                audienceIsString = false
            }
        } catch {
            throw JWTError(.malformedClaim, error.path)
        }
        guard audience.count <= JWT.audienceCountMax else { throw JWTError(.tooLarge, "aud") }
        expiresAt = try claims.numericDate("exp")
        notBefore = try claims.numericDate("nbf")
        issuedAt = try claims.numericDate("iat")
    }

    /// What a reader expects. Nil means: not checked.
    public struct Expectation: Sendable {
        public var issuer: String?
        public var audience: String?
        /// `typ`, compared without case and without `application/`.
        public var type: String?
        public var requiresExpiry = true
        /// The most that `exp` may lie ahead of now.
        public var lifetimeMax: Duration?
        /// The most that `iat` may lie behind now; `iat` is required then.
        public var ageMax: Duration?

        public init(issuer: String? = nil, audience: String? = nil, type: String? = nil) {
            self.issuer = issuer
            self.audience = audience
            self.type = type
        }
    }

    /// Checks `typ`, `iss`, `aud`, `exp`, `nbf`, `iat`. The leeway forgives clocks that differ (10
    /// s: SR-30).
    public func check(
        _ expectation: Expectation, at now: Date, leeway: Duration = .seconds(10)
    ) throws(JWTError) {
        if let type = expectation.type, !isOfType(type) {
            throw JWTError(.wrongType, header.type ?? "no typ")
        }
        if let expected = expectation.issuer {
            guard let issuer else { throw JWTError(.missingClaim, "iss") }
            guard issuer.hasSameBytes(as: expected) else { throw JWTError(.wrongIssuer, issuer) }
        }
        if let expected = expectation.audience {
            guard claims.member("aud") != nil else { throw JWTError(.missingClaim, "aud") }
            guard audience.contains(where: { $0.hasSameBytes(as: expected) }) else {
                throw JWTError(.wrongAudience)
            }
        }
        try checkTimes(expectation, at: now, leeway: leeway.timeInterval)
    }

    private func checkTimes(
        _ expectation: Expectation, at now: Date, leeway: TimeInterval
    ) throws(JWTError) {
        if let expiresAt {
            guard now < expiresAt.addingTimeInterval(leeway) else { throw JWTError(.expired) }
            if let lifetime = expectation.lifetimeMax,
                expiresAt > now.addingTimeInterval(lifetime.timeInterval + leeway)
            {
                throw JWTError(.tooOld, "exp lies too far ahead")
            }
        } else if expectation.requiresExpiry {
            throw JWTError(.missingClaim, "exp")
        }
        if let notBefore, notBefore > now.addingTimeInterval(leeway) {
            throw JWTError(.notYetValid)
        }
        if let issuedAt, issuedAt > now.addingTimeInterval(leeway) {
            throw JWTError(.issuedInFuture)
        }
        if let age = expectation.ageMax {
            guard let issuedAt else { throw JWTError(.missingClaim, "iat") }
            guard issuedAt >= now.addingTimeInterval(-age.timeInterval - leeway) else {
                throw JWTError(.tooOld, "iat lies too far back")
            }
        }
    }

    /// Whether `typ` is this media type (RFC 7515 §4.1.9).
    public func isOfType(_ type: String) -> Bool {
        guard var written = header.type?.lowercased() else { return false }
        if written.hasPrefix("application/") { written.removeFirst("application/".count) }
        return written == type.lowercased()
    }
}

extension String {
    /// Equality of Strings takes two spellings of é as one; identifiers are compared by their
    /// bytes.
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

extension Duration {
    var timeInterval: TimeInterval {
        let (seconds, attoseconds) = components
        return TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18
    }
}

extension Date {
    /// Whole seconds since 1970, as tokens write it.
    var epochSeconds: Int64 {
        Int64(timeIntervalSince1970.rounded(.down))
    }
}

extension JSONMembers {
    /// Seconds since 1970, with or without a fraction (RFC 7519 §2), between 1970 and the year
    /// 9999.
    func numericDate(_ name: String) throws(JWTError) -> Date? {
        let seconds: Double
        switch member(name) {
        case nil: return nil
        case .integer(let integer): seconds = Double(integer)
        case .number(let number): seconds = number
        case .null, .bool, .string, .array, .object: throw JWTError(.malformedClaim, name)
        }
        guard (0...253_402_300_799).contains(seconds) else { throw JWTError(.malformedClaim, name) }
        return Date(timeIntervalSince1970: seconds)
    }
}
