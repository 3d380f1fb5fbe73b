import FoundationEssentials
import Glibc
import Testing

@testable import Tokens

@Suite("A key ring")
struct KeyRingTests {
    let folder: TemporaryFolder
    let lead = Duration.seconds(86_400)
    let tokenLife = Duration.seconds(600)
    let sessionLife = Duration.seconds(36_000)

    init() throws {
        folder = try TemporaryFolder()
    }

    func load() throws -> KeyRing {
        try KeyRing.load(folder: folder.path)
    }

    func rotate(at now: Date) throws -> String {
        try KeyRing.rotate(
            folder: folder.path, algorithm: .es256, at: now, lead: lead, tokenLife: tokenLife,
            sessionLife: sessionLife)
    }

    @Test("begins with a key for each algorithm, active at once, and a store key; files are 0600")
    func first() throws {
        let algorithms: [Algorithm] = [.rs256, .es256, .edDSA]
        try KeyRing.makeFirst(folder: folder.path, algorithms: algorithms, at: someDay)
        let names = try folder.names()
        #expect(names.count == 4)
        #expect(names.filter { $0.hasPrefix("store-") }.count == 1)
        for name in names {
            var status = stat()
            #expect(stat(folder.path + "/" + name, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        let ring = try load()
        #expect(Set(ring.algorithms(at: someDay)) == Set(algorithms))
        #expect(ring.current(for: .ps256, at: someDay) == nil)
        #expect(ring.currentStoreKey(at: someDay) != nil)
        // A second start makes nothing.
        try KeyRing.makeFirst(
            folder: folder.path, algorithms: algorithms, at: someDay.after(.seconds(5)))
        #expect(try folder.names() == names)
    }

    /// SR-28, conformance.md §21: oidcc-server-rotate-keys.
    @Test(
        "rotates: published at once, signs after the lead, the old one stays for its tokens and hints"
    )
    func rotation() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        let old = try #require(try load().current(for: .es256, at: someDay)?.keyID)
        let start = someDay.after(.seconds(1000))
        let new = try rotate(at: start)
        let ring = try load()
        let active = start.after(lead)
        let withdrawn = active.after(tokenLife)
        let forgotten = active.after(sessionLife)
        let expected: [(Date, KeyRing.State, KeyRing.State)] = [
            (start, .current, .next), (active.after(.seconds(-1)), .current, .next),
            (active, .retired, .current), (withdrawn.after(.seconds(-1)), .retired, .current),
            (withdrawn, .withdrawn, .current),
            (forgotten.after(.seconds(-1)), .withdrawn, .current),
            (forgotten, .forgotten, .current),
            (forgotten.after(.seconds(1 << 30)), .forgotten, .current),
        ]
        for (time, oldState, newState) in expected {
            #expect(ring.state(of: old, at: time) == oldState)
            #expect(ring.state(of: new, at: time) == newState)
            let signer = try #require(ring.current(for: .es256, at: time))
            #expect(signer.keyID == (newState == .current ? new : old))
            // Whoever signs is published and may be hinted with.
            #expect(ring.published(at: time).key(signer.keyID) != nil)
            #expect(ring.hintKeys(at: time).key(signer.keyID) != nil)
            #expect(ring.published(at: time).key(new) != nil)
            let isPublished = oldState == .current || oldState == .retired
            #expect((ring.published(at: time).key(old) != nil) == isPublished)
            #expect((ring.hintKeys(at: time).key(old) != nil) == (oldState != .forgotten))
        }
        #expect(ring.published(at: start.after(.seconds(-1))).key(new) == nil)
        #expect(ring.state(of: "nobody", at: start) == nil)
    }

    @Test("refuses a second rotation while one is under way, but not a faster one")
    func rotationUnderway() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        let slow = try rotate(at: someDay)
        #expect(throws: KeyRingError.rotationUnderway(keyID: slow)) { try rotate(at: someDay) }
        let fast = try KeyRing.rotate(
            folder: folder.path, algorithm: .es256, at: someDay, lead: .zero, tokenLife: tokenLife,
            sessionLife: sessionLife)
        let ring = try load()
        #expect(ring.current(for: .es256, at: someDay)?.keyID == fast)
        #expect(ring.current(for: .es256, at: someDay.after(lead))?.keyID == slow)
        #expect(ring.state(of: fast, at: someDay.after(lead)) == .retired)
        #expect(ring.state(of: fast, at: someDay.after(lead).after(sessionLife)) == .forgotten)
        #expect(throws: KeyRingError.unreadable(file: "/nowhere")) {
            try KeyRing.rotate(
                folder: "/nowhere", algorithm: .es256, at: someDay, lead: .zero, tokenLife: .zero,
                sessionLife: .zero)
        }
    }

    @Test("is as small after a hundred rotations as after a few")
    func manyRotations() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        var now = someDay
        for _ in 0..<100 {
            now = now.after(lead).after(.seconds(3600))
            let old = try #require(try load().current(for: .es256, at: now)?.keyID)
            let new = try rotate(at: now)
            let ring = try load()
            #expect(ring.current(for: .es256, at: now)?.keyID == old)
            #expect(ring.current(for: .es256, at: now.after(lead))?.keyID == new)
            // The next, the current, the one before it, which still checks hints; a store key.
            #expect(try folder.names().count <= 4)
        }
    }

    @Test("makes no key that would be one too many, and stays as it is")
    func full() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        while try folder.names().count < 256 {
            _ = try KeyRing.rotateStoreKey(folder: folder.path, at: someDay)
        }
        let full = KeyRingError.tooManyKeys(folder: folder.path)
        #expect(throws: full) { try rotate(at: someDay) }
        #expect(throws: full) { try KeyRing.rotateStoreKey(folder: folder.path, at: someDay) }
        #expect(try load().current(for: .es256, at: someDay) != nil)
        // What is there may still be written.
        let key = try #require(try load().entries.first?.keyID)
        try KeyRing.forget(folder: folder.path, keyID: key, at: someDay)
        _ = try rotate(at: someDay.after(.seconds(60)))
    }

    @Test("forgets a compromised key at once; a first start then makes another")
    func forgetting() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        let stolen = try #require(try load().current(for: .es256, at: someDay)?.keyID)
        let later = someDay.after(.seconds(60))
        try KeyRing.forget(folder: folder.path, keyID: stolen, at: later)
        var ring = try load()
        #expect(ring.state(of: stolen, at: later) == .forgotten)
        #expect(ring.current(for: .es256, at: later) == nil)
        #expect(ring.published(at: later).keys.isEmpty && ring.hintKeys(at: later).keys.isEmpty)
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: later)
        ring = try load()
        #expect(ring.current(for: .es256, at: later)?.keyID != stolen)
        #expect(throws: KeyRingError.unknownKey(keyID: "x")) {
            try KeyRing.forget(folder: folder.path, keyID: "x", at: later)
        }
    }

    @Test("read twice from one folder is the same ring")
    func agreement() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256, .edDSA], at: someDay)
        _ = try rotate(at: someDay.after(.seconds(10)))
        let (one, two) = (try load(), try load())
        for hours in stride(from: 0, to: 80, by: 4) {
            let time = someDay.after(.seconds(hours * 3600))
            #expect(one.publishedJSON(at: time) == two.publishedJSON(at: time))
            for algorithm in Algorithm.allCases {
                #expect(
                    one.current(for: algorithm, at: time)?.keyID
                        == two.current(for: algorithm, at: time)?.keyID)
            }
        }
    }

    @Test("publishes distinct kids, no private member, and JSON that reads back as its set")
    func publishedJSON() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.rs256, .es256], at: someDay)
        let ring = try load()
        let json = ring.publishedJSON(at: someDay)
        #expect(try JWKSet(parsing: json) == ring.published(at: someDay))
        #expect(Set(ring.published(at: someDay).keys.map(\.keyID)).count == 2)
        for key in try #require(try JSON(parsing: json).members().array("keys")) {
            #expect(
                try key.members().unknownMembers(
                    besides: ["kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"]).isEmpty)
        }
    }

    @Test("seals with the newest active store key and opens with all")
    func storeKeys() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [], at: someDay)
        let first = try #require(try load().currentStoreKey(at: someDay))
        let id = try KeyRing.rotateStoreKey(folder: folder.path, at: someDay.after(.seconds(10)))
        let ring = try load()
        #expect(ring.storeKeys.count == 2)
        #expect(ring.currentStoreKey(at: someDay.after(.seconds(69)))?.id == first.id)
        #expect(ring.currentStoreKey(at: someDay.after(.seconds(70)))?.id == id)
        let box = SealedBox.seal(
            [1], context: "c", key: first, nonce: [UInt8](repeating: 0, count: 12))
        #expect(try box.open(context: "c", keys: ring.storeKeys) == [1])
    }

    /// security.md 2.23, SR-29
    @Test(
        "is refused when anybody but the owner may use a file",
        arguments: [0o640, 0o604, 0o644, 0o660, 0o666, 0o700, 0o601] as [mode_t])
    func modes(mode: mode_t) throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        let name = try #require(try folder.names().first)
        chmod(folder.path + "/" + name, mode)
        #expect(throws: KeyRingError.permissions(file: name)) { try load() }
        chmod(folder.path + "/" + name, 0o400)
        _ = try load()
    }

    @Test("is refused whole when one file is broken, and says which")
    func broken() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        let name = try #require(try folder.names().first { !$0.hasPrefix("store-") })
        let store = try #require(try folder.names().first { $0.hasPrefix("store-") })
        let (text, storeText) = (try folder.text(of: name), try folder.text(of: store))
        let kid = String(name.dropLast(5))
        for bad in [
            "", "{", text.replacing(kid, with: "other"), text.replacing("ES256", with: "RS256"),
            text.replacing("ES256", with: "HS256"), text.replacing("BEGIN", with: "BEGN"),
            text.replacing("\"kid\"", with: "\"note\":1,\"kid\""),
            text.replacing("\"activeAt\"", with: "\"retiredAt\":1,\"activeAt\""),
            text.replacing("\"activeAt\":1", with: "\"activeAt\":\"1"),
            text.replacing("\"activeAt\":1795255200", with: "\"activeAt\":1"),
            text + text, String(repeating: " ", count: 70_000) + text,
        ] {
            try folder.write(bad, to: name)
            #expect { try load() } throws: { error in
                switch error as? KeyRingError {
                case .malformed(name, _), .unreadable(file: name): true
                default: false
                }
            }
        }
        try folder.write(text, to: name)
        for bad in [
            storeText.replacing("\"key\":\"", with: "\"key\":\"A"), "{}",
            storeText.replacing("\"id\":\"", with: "\"id\":\"0"),
        ] {
            try folder.write(bad, to: store)
            #expect(throws: KeyRingError.self) { try load() }
        }
        try folder.write(storeText, to: store)
        _ = try load()
    }

    @Test("reads no folders, pipes or drafts")
    func otherFiles() throws {
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: someDay)
        try folder.write("half a fi", to: ".es256-x.json.new")
        try folder.write("about keys", to: "README.md", mode: 0o644)
        _ = try load()
        mkfifo(folder.path + "/pipe.json", 0o600)
        #expect(throws: KeyRingError.unreadable(file: "pipe.json")) { try load() }
        unlink(folder.path + "/pipe.json")
        mkdir(folder.path + "/folder.json", 0o700)
        #expect(throws: KeyRingError.unreadable(file: "folder.json")) { try load() }
    }

    /// security.md 2.23: the keys of RFC 7515 A.2 and A.3, RFC 7520 §3.4 and RFC 8037 A.1.
    @Test("is refused when a key is one that a standard prints")
    func samples() throws {
        let file = try #require(try Vectors.load("sample-keys.json").array("keys"))
        for jwk in file {
            let key = try PrivateKey(jwk: jwk)
            let algorithm = try #require(Algorithm.allCases.first { $0.keyType == key.type })
            let times = KeyTimes(createdAt: someDay, publishedAt: someDay, activeAt: someDay)
            let bytes = try KeyFile.bytes(
                keyID: "sample", algorithm: algorithm, times: times, key: key)
            try folder.write(String(decoding: bytes, as: UTF8.self), to: "sample.json")
            #expect(throws: KeyRingError.sampleKey(file: "sample.json")) { try load() }
        }
        unlink(folder.path + "/sample.json")
        let zeros = Base64URL.encode([UInt8](repeating: 0, count: 32))
        try folder.write(
            #"{"id":"00000000","createdAt":1,"activeAt":1,"key":"\#(zeros)"}"#,
            to: "store-00000000.json")
        #expect(throws: KeyRingError.sampleKey(file: "store-00000000.json")) { try load() }
    }

    @Test("of two first starts at once is one ring")
    func race() async throws {
        let path = folder.path
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try? KeyRing.makeFirst(folder: path, algorithms: [.es256], at: someDay)
                }
            }
        }
        let ring = try load()
        #expect(ring.entries.count == 1)
        #expect(ring.storeKeys.count == 1)
    }
}
