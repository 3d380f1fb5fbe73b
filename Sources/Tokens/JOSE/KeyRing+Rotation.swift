import FoundationEssentials

extension KeyRing {
    private static let clockDifferenceMax: TimeInterval = 60

    /// Makes what a new installation lacks: for each algorithm without a current key one that is
    /// active at once, and a store key. Several processes may do it at the same time.
    public static func makeFirst(
        folder: String, algorithms: [Algorithm], at now: Date
    ) throws(KeyRingError) {
        let files = KeyFolder(path: folder)
        try files.locked { () throws(KeyRingError) in
            let ring = try files.read()
            for algorithm in algorithms {
                // Another node, whose clock is a little ahead, may just have made one.
                let soon = now.addingTimeInterval(clockDifferenceMax)
                guard ring.current(for: algorithm, at: soon) == nil else { continue }
                _ = try makeKey(
                    in: files, algorithm,
                    KeyTimes(createdAt: now, publishedAt: now, activeAt: now))
            }
            if ring.storeEntries.isEmpty { _ = try makeStoreKey(in: files, now, activeAt: now) }
        }
    }

    /// Publishes a new key now, which signs after `lead`; the present one signs until then, stays
    /// published for `tokenLife` more, and checks hints for `sessionLife` more. Returns the new
    /// key's id. Keys that are forgotten are deleted.
    ///
    /// Throws `.rotationUnderway` when another new key will sign by then already.
    public static func rotate(
        folder: String, algorithm: Algorithm, at now: Date, lead: Duration, tokenLife: Duration,
        sessionLife: Duration
    ) throws(KeyRingError) -> String {
        let files = KeyFolder(path: folder)
        return try files.locked { () throws(KeyRingError) in
            let ring = try files.read()
            let activeAt = now.addingTimeInterval(max(0, lead.timeInterval))
            let underway = ring.entries.first { entry in
                entry.algorithm == algorithm && ring.state(of: entry, at: now) == .next
                    && entry.times.activeAt <= activeAt
            }
            if let underway { throw .rotationUnderway(keyID: underway.keyID) }
            // A node whose clock is a little behind may still need one that was forgotten just now.
            let past = now.addingTimeInterval(-clockDifferenceMax)
            for entry in ring.entries where ring.state(of: entry, at: past) == .forgotten {
                try files.remove(KeyFile.fileName(keyID: entry.keyID))
            }
            var times = KeyTimes(createdAt: now, publishedAt: now, activeAt: activeAt)
            // A slower rotation may be under way: its key takes over from this one in its time.
            let successor = ring.entries.first { entry in
                entry.algorithm == algorithm && entry.times.activeAt > activeAt
                    && entry.times.retiredAt == nil
            }
            if let successor {
                times.retire(at: successor.times.activeAt, tokenLife, sessionLife)
            }
            // The new key is written first: a crash after it leaves two keys that both verify.
            let keyID = try makeKey(in: files, algorithm, times)
            for entry in ring.entries
            where entry.algorithm == algorithm && entry.times.activeAt <= activeAt
                && entry.times.retiredAt.map({ $0 > activeAt }) ?? true
            {
                var times = entry.times
                times.retire(at: activeAt, tokenLife, sessionLife)
                try rewrite(entry, times, in: files)
            }
            return keyID
        }
    }

    /// A new store key that seals after `lead`, when every node has read it; the old ones still
    /// open.
    public static func rotateStoreKey(
        folder: String, at now: Date, lead: Duration = .seconds(60)
    ) throws(KeyRingError) -> String {
        let files = KeyFolder(path: folder)
        return try files.locked { () throws(KeyRingError) in
            try makeStoreKey(
                in: files, now, activeAt: now.addingTimeInterval(max(0, lead.timeInterval)))
        }
    }

    /// Drops a compromised key at once: it signs, is published and checks nothing any more. Returns
    /// its algorithm, for which `makeFirst` gives a successor.
    @discardableResult
    public static func forget(
        folder: String, keyID: String, at now: Date
    ) throws(KeyRingError) -> Algorithm {
        let files = KeyFolder(path: folder)
        return try files.locked { () throws(KeyRingError) in
            let ring = try files.read()
            guard let entry = ring.entries.first(where: { $0.keyID == keyID }) else {
                throw .unknownKey(keyID: keyID)
            }
            var times = entry.times
            // A key that was to become active later never does.
            times.createdAt = min(times.createdAt, now)
            times.publishedAt = min(times.publishedAt, now)
            times.activeAt = min(times.activeAt, now)
            times.retiredAt = min(times.retiredAt ?? now, now)
            times.withdrawnAt = min(times.withdrawnAt ?? now, now)
            times.forgottenAt = min(times.forgottenAt ?? now, now)
            try rewrite(entry, times, in: files)
            return entry.algorithm
        }
    }

    // MARK: Writing

    private static func makeKey(
        in files: KeyFolder, _ algorithm: Algorithm, _ times: KeyTimes
    ) throws(KeyRingError) -> String {
        do {
            let key = try PrivateKey.generate(algorithm.keyType)
            // The thumbprint: whoever holds the key can tell its id (RFC 7638).
            let keyID = try JWK(key.publicKey, keyID: nil, algorithm: algorithm).thumbprint
            let bytes = try KeyFile.bytes(
                keyID: keyID, algorithm: algorithm, times: times, key: key)
            try files.write(bytes, to: KeyFile.fileName(keyID: keyID))
            return keyID
        } catch let error as KeyRingError {
            throw error
        } catch {
            throw .keyGeneration
        }
    }

    private static func makeStoreKey(
        in files: KeyFolder, _ now: Date, activeAt: Date
    ) throws(KeyRingError) -> String {
        guard let random = KeyMaterial.random(StoreKey.idByteCount + StoreKey.byteCount),
            let key = StoreKey(
                id: Hexadecimal.encode(Array(random.prefix(StoreKey.idByteCount))),
                bytes: Array(random.dropFirst(StoreKey.idByteCount)))
        else { throw .keyGeneration }
        let entry = StoreEntry(key: key, createdAt: now, activeAt: activeAt)
        try files.write(KeyFile.bytes(entry), to: KeyFile.storeFileName(id: key.id))
        return key.id
    }

    private static func rewrite(
        _ entry: Entry, _ times: KeyTimes, in files: KeyFolder
    ) throws(KeyRingError) {
        let bytes: [UInt8]
        do {
            bytes = try KeyFile.bytes(
                keyID: entry.keyID, algorithm: entry.algorithm, times: times, key: entry.key)
        } catch {
            throw .keyGeneration
        }
        try files.write(bytes, to: KeyFile.fileName(keyID: entry.keyID))
    }
}
