internal import AttendText

/// A directory that comes into being whole: its files are written beside its place, and then it is moved there.
struct NewDirectory {
    private let path: String
    private let fileSystem: any FileSystem

    /// Checks that there is nothing at the path but perhaps an empty directory.
    init(at path: String, in fileSystem: any FileSystem) throws {
        try CheckpointError.checkPath(path)
        switch FileKind.of(path, followingLinks: true) {
        case nil: break
        case .directory:
            if let name = try DirectoryListing.names(in: path).first {
                throw CheckpointError(
                    .refused, path: path,
                    "is not empty (it has \(name.quoted)); give a new or an empty directory")
            }
        default:
            throw CheckpointError(
                .refused, path: path, "is a file; give a new or an empty directory")
        }
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Fills a directory of another name, and gives it its own once everything is on the disk.
    func fill<Result>(_ body: (_ directory: String) throws -> Result) throws -> Result {
        var place = path
        while place.count > 1, place.hasSuffix("/") { place.removeLast() }
        let nonce = String(UInt32.random(in: 0 ... .max), radix: 16)
        let temporary = "\(place).\(nonce)\(AtomicFile.partialSuffix)"
        try fileSystem.createDirectories(place.parentPath)
        try fileSystem.createDirectory(temporary)
        do {
            let result = try body(temporary)
            try fileSystem.synchronizeDirectory(temporary)
            // Replaces an empty directory, and nothing else.
            try fileSystem.rename(temporary, to: place)
            try fileSystem.synchronizeDirectory(place.parentPath)
            return result
        } catch {
            if FileKind.of(temporary) != nil { try? fileSystem.removeTree(temporary) }
            throw error
        }
    }
}
