#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif

/// The right to write into a run directory, which one process has at a time.
///
/// The operating system gives the lock back when the process ends, however it ends, so there are no
/// stale locks. The file `lock` stays behind and means nothing by itself.
public final class RunLock: Sendable {
    /// The lock's file.
    public let path: String
    private let descriptor: Int32

    /// Takes the lock of the file at `path`.
    ///
    /// - Throws: ``CheckpointError`` of kind ``CheckpointError/Kind/inUse(processID:)`` where
    ///   another has it.
    init(path: String) throws(CheckpointError) {
        try CheckpointError.checkPath(path)
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        guard let descriptor = uninterrupted({ unsafe open(path, flags, 0o666) }) else {
            throw .system("open the lock", path: path)
        }
        self.path = path
        self.descriptor = descriptor
        guard uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != nil else {
            guard errno == EWOULDBLOCK else { throw .system("take the lock", path: path) }
            let holder = Self.processID(in: path)
            throw CheckpointError(
                .inUse(processID: holder), path: path.parentPath,
                "the run is in use by process \(holder.map(String.init) ?? "unknown"); wait for it, "
                    + "stop it, or give another directory")
        }
        // Only for the message above in another process; the lock holds also where this fails.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 {
            unsafe text.withUnsafeBytes { bytes in
                _ = uninterrupted { unsafe systemWrite(descriptor, bytes) }
            }
        }
    }

    deinit {
        // A process that is just being started shares the descriptor until it runs its own program; closing this one alone
        // would leave the lock with it for that moment.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func processID(in path: String) -> Int32? {
        guard let file = try? InputFile(path: path, followingLinks: false),
            let bytes = try? file.bytes(atMost: 32)
        else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
