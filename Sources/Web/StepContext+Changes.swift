import Flow
import FoundationEssentials
import Serving
import Store
import Tokens

// Changes that several steps make.
extension StepContext {
    /// What is noted of a step (SR-63).
    ///
    /// - Parameter detail: never a secret, nor a birth date.
    public func audit(_ kind: AuditKind, _ account: Account?, _ detail: String = "") -> Change {
        .audit(
            AuditEvent(
                id: desk.makeID(at: now), at: now, kind: kind, account: account?.id,
                client: client?.id, network: network, detail: detail))
    }

    /// The interaction's browser is no stranger's to this account from now on.
    public func knowing(_ account: Account, _ interaction: Interaction) -> Change {
        desk.knowing(AttemptLimit.browserKey(of: account, interaction.browser), at: now)
    }

    /// The hash of a new password, made on the place that this form was given; nil where it is the one
    /// that `present` is of, in force or said in clear by a letter (SR-54, J-C-18).
    public func hash(ofNew password: String, unlike present: String?) async throws -> String? {
        guard let place else { throw WorkerPool.Busy() }
        return try await desk.hash(ofNew: password, unlike: present, on: place)
    }
}

extension Desk {
    /// A place in the queue of password hashes, for a form that was found good and counted: whoever is
    /// refused keeps nobody else waiting. Who finds no place has tried nothing, and is counted nothing
    /// (SR-66).
    ///
    /// - Parameter counted: what the form was counted under.
    public func hashPlace(for counted: [AttemptKey]) async throws -> WorkerPool.Place {
        do {
            return try passwordPool.place()
        } catch {
            if !counted.isEmpty { try await store.write { try $0.giveBackAttempts(counted) } }
            throw error
        }
    }

    /// The hash of a new password; nil where it is the one that `present` is of.
    public func hash(
        ofNew password: String, unlike present: String?, on place: WorkerPool.Place
    ) async throws -> String? {
        let salt = environment.random(PasswordHash.saltByteCount)
        let bytes = Array(password.utf8)
        return try await place.run {
            if let present, try isPassword(bytes, present) { return nil }
            return try PasswordHash.hash(bytes, salt: salt)
        }
    }

    /// A browser in which an account was signed in, or opened, is no stranger's for a while.
    public func knowing(_ browser: AttemptKey, at now: Date) -> Change {
        let memory = policy.passwordAttempts.browserMemory
        return .knowBrowser(KnownBrowser(key: browser, expiresAt: now + memory))
    }
}
