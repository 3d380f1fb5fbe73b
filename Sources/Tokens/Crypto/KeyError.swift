/// Why a key was refused or an operation on it failed.
public enum KeyError: Error, Equatable, Sendable {
    /// Not the encoding it should be: PEM, JWK, point not on its curve.
    case malformed(String)
    /// A type, curve or size that we don't use.
    case unsupported(String)
    /// The key can't do this algorithm.
    case algorithmMismatch
    /// A private member where only public ones may be.
    case privateMaterial
    /// OpenSSL refused an operation that should not fail.
    case operationFailed
}
