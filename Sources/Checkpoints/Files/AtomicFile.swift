internal import AttendText

/// Files that are always whole: a reader sees the old contents or the new ones, also after a crash.
///
/// The new contents go to a temporary sibling, then to the disk, and only then take the name. A
/// process that dies on the way may leave the sibling, `NAME.….partial`, behind, which nothing
/// reads.
public enum AtomicFile {
    /// Replaces the contents of the file at `path`, or creates it.
    ///
    /// - Throws: ``CheckpointError`` that names the path and gives the system's words; the previous
    ///   contents are then untouched.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(bytes, to: path, in: DiskFileSystem())
    }

    /// Replaces the contents of the file at `path` by a text in UTF-8, or creates it.
    public static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path, in: DiskFileSystem())
    }

    package static func write(_ bytes: [UInt8], to path: String, in fileSystem: any FileSystem)
        throws
    {
        _ = try write(to: path, in: fileSystem) { try $0.append(bytes) }
    }

    /// Replaces the file at `path` by what `body` appends, and returns its size and hash.
    package static func write(
        to path: String, in fileSystem: any FileSystem, _ body: (OutputFile) throws -> Void
    ) throws -> FileFingerprint {
        try CheckpointError.checkPath(path)
        if FileKind.of(path) == .directory || path.hasSuffix("/") {
            throw CheckpointError(.refused, path: path, "is a directory; give the path of a file")
        }
        // Said of the path itself, before the name of something unfinished gets into an error.
        let parent = path.parentPath
        guard FileKind.of(parent, followingLinks: true) == .directory else {
            throw CheckpointError(
                .missing, path: path,
                "cannot be written, since there is no directory \(parent.legible); make it, or give another path"
            )
        }
        let nonce = String(UInt32.random(in: 0 ... .max), radix: 16)
        let temporary = "\(path).\(nonce)\(partialSuffix)"
        do {
            let file: OutputFile
            do throws(CheckpointError) {
                file = try OutputFile(creating: temporary, in: fileSystem)
            } catch {
                throw CheckpointError(error.kind, path: path, error.explanation)
            }
            try body(file)
            let fingerprint = try file.finish()
            try fileSystem.rename(temporary, to: path)
            try fileSystem.synchronizeDirectory(path.parentPath)
            return fingerprint
        } catch {
            if FileKind.of(temporary) != nil { try? fileSystem.removeFile(temporary) }
            throw error
        }
    }

    /// What the name of everything unfinished ends in.
    package static let partialSuffix = ".partial"
}
