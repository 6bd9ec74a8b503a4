/// Every operation by which this module changes the disk, in one list.
///
/// All writing goes through it, so that a test can let any one operation fail, or let the process
/// "die" there, and look at what is left. Paths are passed along for the sentences of the errors.
package protocol FileSystem: Sendable {
    /// Makes one directory whose parent exists.
    func createDirectory(_ path: String) throws(CheckpointError)
    /// Opens a file for writing that must not exist yet, and returns its descriptor.
    func createFile(_ path: String) throws(CheckpointError) -> Int32
    /// Writes all of the bytes.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String)
        throws(CheckpointError)
    /// Returns when what was written to the file is on the disk.
    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError)
    /// Closes the descriptor, which is invalid afterwards even where this throws.
    func close(_ descriptor: Int32, path: String) throws(CheckpointError)
    /// Gives a file or directory another name, replacing a file of that name at one instant.
    func rename(_ source: String, to destination: String) throws(CheckpointError)
    /// Returns when the names in a directory are on the disk.
    func synchronizeDirectory(_ path: String) throws(CheckpointError)
    /// Removes a file or a symbolic link (not what it points to).
    func removeFile(_ path: String) throws(CheckpointError)
    /// Removes an empty directory.
    func removeDirectory(_ path: String) throws(CheckpointError)
}

/// What an operation of a ``FileSystem`` tries, as the sentence about its failure says it.
package enum FileOperation: String, CaseIterable, Sendable {
    case createDirectory = "make the directory"
    case createFile = "create the file"
    case write = "write"
    case synchronize = "bring the file to the disk"
    case close = "close the file"
    case rename = "put the finished file in its place"
    case synchronizeDirectory = "bring the directory to the disk"
    case removeFile = "remove the file"
    case removeDirectory = "remove the directory"
}

extension FileSystem {
    /// Makes a directory and those above it that are missing.
    package func createDirectories(_ path: String) throws(CheckpointError) {
        if FileKind.of(path, followingLinks: true) == .directory { return }
        let parent = path.parentPath
        if parent != path { try createDirectories(parent) }
        try createDirectory(path)
        try synchronizeDirectory(parent)
    }

    /// Removes a file, or a directory with all that is in it, without following symbolic links.
    package func removeTree(_ path: String) throws(CheckpointError) {
        guard FileKind.of(path) == .directory else { return try removeFile(path) }
        for name in try DirectoryListing.names(in: path) {
            try removeTree(path.appending(component: name))
        }
        try removeDirectory(path)
    }
}
