/// What the simulator can do wrong when a test asks for it: the providers that EduConnect must survive.
enum Misbehaviour: String, Sendable, CaseIterable {
    // In what is signed.
    case wrongIssuer = "wrong_iss"
    case wrongAudience = "wrong_aud"
    case wrongNonce = "wrong_nonce"
    case wrongSubject = "wrong_sub"
    /// Signed by a published key of another algorithm than the registered one.
    case wrongAlgorithm = "wrong_alg"
    /// HS256 with the client's secret.
    case symmetric = "hs256"
    /// `alg` `none`.
    case unsigned
    /// The name of a published key, the signature of another.
    case foreignKey = "foreign_key"
    /// A key that the JWK set does not have (yet).
    case unknownKey = "unknown_kid"
    case expired
    case noACR = "no_acr"
    case lowerACR = "lower_acr"
    /// UserInfo as a provider of the first version gave it.
    case plainJSON = "plain_json"
    // In the authorization response.
    case missingIssuer = "missing_iss"
    case otherIssuer = "other_iss"
    case otherState = "other_state"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case accessDenied = "access_denied"
    /// As older ones answered: the code itself as the error.
    case legacyError = "E000000"
    // At the token endpoint.
    case codeTwice = "code_twice"
    // In the JWK set.
    case noKeyIDs = "no_kid"
    case duplicateKeys = "duplicate_keys"
    // At once.
    case rotate
    // On the line.
    case error500 = "error_500"
    /// No answer for 70 seconds, then 503.
    case hang
    /// A byte a second.
    case trickle
    case html
    /// 100 MB of spaces.
    case huge
    case invalidJSON = "invalid_json"
    case slow1 = "slow_1s"
    case slow10 = "slow_10s"

    /// Where something can go wrong: the members of the control document.
    enum Place: String, Sendable, CaseIterable {
        case discovery, jwks, response, token
        case idToken = "id_token"
        case userInfo = "userinfo"
        case keys

        var misbehaviours: [Misbehaviour] {
            Misbehaviour.allCases.filter { $0.places.contains(self) }
        }
    }

    private static let endpoints: Set<Place> = [.discovery, .jwks, .token, .userInfo]

    var places: Set<Place> {
        switch self {
        case .wrongIssuer, .wrongAudience, .wrongSubject, .wrongAlgorithm, .symmetric, .unsigned,
            .foreignKey, .unknownKey, .expired:
            [.idToken, .userInfo]
        case .wrongNonce, .noACR, .lowerACR: [.idToken]
        case .plainJSON: [.userInfo]
        case .missingIssuer, .otherIssuer, .otherState, .legacyError: [.response]
        case .serverError, .temporarilyUnavailable: [.response, .token]
        case .accessDenied: [.response]
        case .codeTwice: [.token]
        case .noKeyIDs, .duplicateKeys: [.jwks]
        case .rotate: [.keys]
        case .error500, .hang, .trickle, .html, .huge, .invalidJSON, .slow1, .slow10:
            Self.endpoints
        }
    }

    /// One line a place, for `--help`.
    static var help: String {
        Place.allCases.map { place in
            "  \(place.rawValue): \(place.misbehaviours.map(\.rawValue).joined(separator: ", "))\n"
        }.joined()
    }
}
