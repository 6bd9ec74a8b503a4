#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif

/// A regular file that is open for reading at any place, by any number of threads.
package final class InputFile: Sendable {
    package let path: String
    /// The size in bytes when the file was opened.
    package let size: Int
    private let descriptor: Int32

    /// Opens a file; anything but a regular file is refused, since reading it may never end.
    ///
    /// - Parameter followingLinks: whether the last component may be a symbolic link.
    package init(path: String, followingLinks: Bool = true) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        // Without O_NONBLOCK, opening a pipe waits for its writer.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
        guard let descriptor = uninterrupted({ unsafe open(path, flags) }) else {
            throw .system("open the file", path: path)
        }
        var status = stat()
        let result = unsafe fstat(descriptor, &status)
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
        if result != 0 { throw .system("look at the file", path: path) }
        switch FileKind(mode: status.st_mode) {
        case .file: break
        case .directory:
            throw CheckpointError(.refused, path: path, "is a directory where a file is needed")
        default:
            throw CheckpointError(
                .refused, path: path, "is a device or pipe where a regular file is needed")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Fills the buffer from the place `offset` on, or throws where the file ends before that.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(CheckpointError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = uninterrupted {
                unsafe pread(
                    descriptor, rest.baseAddress!, min(rest.count, 1 << 30), off_t(offset + done))
            }
            guard let count else { throw .system("read", path: path) }
            if count == 0 {
                throw CheckpointError(
                    .damaged, path: path,
                    "ended at byte \(offset + done) while \(offset + buffer.count) were expected; "
                        + "another program may be writing to it")
            }
            done += count
        }
    }

    /// The bytes of a part of the file.
    package func bytes(_ range: Range<Int>) throws(CheckpointError) -> [UInt8] {
        var failure: CheckpointError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(CheckpointError) {
                unsafe try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
                count = range.count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// All bytes of a file that should be small.
    package func bytes(atMost limit: Int) throws(CheckpointError) -> [UInt8] {
        guard size <= limit else {
            throw CheckpointError(
                .refused, path: path, "has \(size) bytes where at most \(limit) are read")
        }
        return try bytes(0..<size)
    }

    /// The size and hash of the contents, read once from start to end in pieces.
    package func fingerprint() throws(CheckpointError) -> FileFingerprint {
        var hash = SHA256()
        var offset = 0
        while offset < size {
            let piece = try bytes(offset..<min(offset + 1 << 20, size))
            hash.update(piece)
            offset += piece.count
        }
        return FileFingerprint(byteCount: size, sha256: hash.finalize().hexadecimal)
    }
}
