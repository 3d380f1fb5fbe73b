import FoundationEssentials
import Glibc

/// The files of a key ring: reading with all refusals, writing so that no reader sees half a file.
struct KeyFolder {
    static let fileByteCountMax = 64 * 1024
    static let fileCountMax = 256
    private static let mode: mode_t = 0o600
    private static let suffix = ".json"

    let path: String

    /// All keys of the folder.
    func read() throws(KeyRingError) -> KeyRing {
        var entries: [KeyRing.Entry] = []
        var storeEntries: [KeyRing.StoreEntry] = []
        for name in try fileNames() {
            let json: JSON
            do {
                json = try JSON(parsing: try contents(of: name))
            } catch let error as KeyRingError {
                throw error
            } catch {
                throw .malformed(file: name, "not JSON")
            }
            do {
                if name.hasPrefix(KeyFile.storePrefix) {
                    storeEntries.append(try KeyFile.storeEntry(json, file: name))
                } else {
                    entries.append(try KeyFile.entry(json, file: name))
                }
            } catch let error as KeyRingError {
                throw error
            } catch {
                throw .malformed(file: name, "\(error)")
            }
        }
        return KeyRing(entries: entries, storeEntries: storeEntries)
    }

    /// Runs `body` while no other process of this machine writes to the folder.
    func locked<Result>(
        _ body: () throws(KeyRingError) -> Result
    ) throws(KeyRingError) -> Result {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: path) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw .unwritable(file: path) }
        return try body()
    }

    /// Writes a file under another name first, so that it appears whole or not at all, and waits
    /// until it is on the disk. Throws `.tooManyKeys` where a new file would make the folder
    /// unreadable.
    func write(_ bytes: [UInt8], to name: String) throws(KeyRingError) {
        let present = try fileNames()
        guard present.count < KeyFolder.fileCountMax || present.contains(name) else {
            throw .tooManyKeys(folder: path)
        }
        let target = path + "/" + name
        let draft = path + "/." + name + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, KeyFolder.mode)
        guard descriptor >= 0 else { throw .unwritable(file: name) }
        // The umask may have taken bits away, never added any; the mode is set whatever it is.
        let isWritten =
            fchmod(descriptor, KeyFolder.mode) == 0 && KeyFolder.writeAll(bytes, to: descriptor)
            && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, target) == 0, isFolderSynced() else {
            unlink(draft)
            throw .unwritable(file: name)
        }
    }

    /// Deletes a file; it is gone from the disk when this returns.
    func remove(_ name: String) throws(KeyRingError) {
        guard unlink(path + "/" + name) == 0, isFolderSynced() else {
            throw .unwritable(file: name)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { raw in
            var written = 0
            while written < raw.count {
                let rest = UnsafeRawBufferPointer(rebasing: raw[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    private func isFolderSynced() -> Bool {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// The key files, in order of name; drafts begin with a dot and are passed over.
    private func fileNames() throws(KeyRingError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .unreadable(file: path)
        }
        let files = names.filter { $0.hasSuffix(KeyFolder.suffix) && !$0.hasPrefix(".") }.sorted()
        guard files.count <= KeyFolder.fileCountMax else { throw .tooManyKeys(folder: path) }
        return files
    }

    /// Reads a regular file that only its owner may read. The mode is asked of the open file, so
    /// that nobody can exchange it in between.
    private func contents(of name: String) throws(KeyRingError) -> [UInt8] {
        let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(file: name) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= KeyFolder.fileByteCountMax
        else { throw .unreadable(file: name) }
        guard status.st_mode & 0o177 == 0 else { throw .permissions(file: name) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { raw in
                let rest = UnsafeMutableRawBufferPointer(rebasing: raw[count...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { throw .unreadable(file: name) }
            count += more
        }
        return bytes
    }
}
