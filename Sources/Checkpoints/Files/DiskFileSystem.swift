#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif

/// The file system of the operating system.
package struct DiskFileSystem: FileSystem {
    package init() {}

    package func createDirectory(_ path: String) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        guard uninterrupted({ unsafe mkdir(path, 0o777) }) != nil else {
            throw .system(.createDirectory, path: path)
        }
    }

    package func createFile(_ path: String) throws(CheckpointError) -> Int32 {
        try CheckpointError.checkPath(path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        guard let descriptor = uninterrupted({ unsafe open(path, flags, 0o666) }) else {
            throw .system(.createFile, path: path)
        }
        return descriptor
    }

    package func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(CheckpointError) {
        // Some systems refuse a single write of 2 GiB or more.
        let largest = 1 << 30
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...].prefix(largest))
            let written = uninterrupted {
                unsafe systemWrite(descriptor, rest)
            }
            guard let written else { throw .system(.write, path: path) }
            done += written
        }
    }

    package func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        #if canImport(Darwin)
            // There, fsync leaves the bytes in the disk's own cache.
            if uninterrupted({ fcntl(descriptor, F_FULLFSYNC) }) != nil { return }
        #endif
        guard uninterrupted({ fsync(descriptor) }) != nil else {
            throw .system(.synchronize, path: path)
        }
    }

    package func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        // Not repeated after an interruption: the descriptor is gone, and may be another file's by
        // now.
        if systemClose(descriptor) != 0, errno != EINTR {
            throw .system(.close, path: path)
        }
    }

    package func rename(_ source: String, to destination: String) throws(CheckpointError) {
        try CheckpointError.checkPath(source)
        try CheckpointError.checkPath(destination)
        guard uninterrupted({ systemRename(source, destination) }) != nil else {
            throw .system(.rename, path: destination)
        }
    }

    package func synchronizeDirectory(_ path: String) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        guard let descriptor = uninterrupted({ unsafe open(path, flags) }) else {
            throw .system("open the directory", path: path)
        }
        // Some file systems keep names without being told to, and answer EINVAL.
        let isDone = uninterrupted({ fsync(descriptor) }) != nil || errno == EINVAL
        let code = errno
        try close(descriptor, path: path)
        if !isDone { throw .system(.synchronizeDirectory, path: path, code: code) }
    }

    package func removeFile(_ path: String) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        guard uninterrupted({ unsafe unlink(path) }) != nil else {
            throw .system(.removeFile, path: path)
        }
    }

    package func removeDirectory(_ path: String) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        guard uninterrupted({ unsafe rmdir(path) }) != nil else {
            throw .system(.removeDirectory, path: path)
        }
    }
}
