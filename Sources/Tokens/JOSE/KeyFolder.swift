import FoundationEssentials
import Glibc

/// The files of a key ring: reading with all refusals, writing so that no reader sees half a file.
struct KeyFolder {
    static let fileCountMax = 256
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
        let draft = PrivateFile(path + "/." + name + ".new")
        guard draft.write(bytes), rename(draft.path, target) == 0,
            PrivateFile.syncFolder(of: target)
        else {
            unlink(draft.path)
            throw .unwritable(file: name)
        }
    }

    /// Deletes a file; it is gone from the disk when this returns.
    func remove(_ name: String) throws(KeyRingError) {
        let file = path + "/" + name
        guard unlink(file) == 0, PrivateFile.syncFolder(of: file) else {
            throw .unwritable(file: name)
        }
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

    private func contents(of name: String) throws(KeyRingError) -> [UInt8] {
        do {
            return try PrivateFile(path + "/" + name).contents()
        } catch {
            switch error {
            case .permissions: throw .permissions(file: name)
            case .unreadable, .unwritable: throw .unreadable(file: name)
            }
        }
    }
}
