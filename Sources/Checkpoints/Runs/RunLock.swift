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
        guard Self.take(descriptor) else {
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

    /// Takes the lock, and tries for a moment where it is taken: ``isHeld(path:)`` in another process has it that long.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<5 {
            if uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != nil { return true }
            if errno != EWOULDBLOCK { return false }
            usleep(2000)
        }
        return uninterrupted { flock(descriptor, LOCK_EX | LOCK_NB) } != nil
    }

    /// Whether anyone has the lock of the file at `path`; no where there is no such file, or none to be opened.
    static func isHeld(path: String) -> Bool {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        guard !path.utf8.contains(0),
            let descriptor = uninterrupted({ unsafe open(path, flags) })
        else { return false }
        defer { close(descriptor) }
        // A shared lock, so that two who look do not see each other.
        guard uninterrupted({ flock(descriptor, LOCK_SH | LOCK_NB) }) != nil else {
            return errno == EWOULDBLOCK
        }
        _ = flock(descriptor, LOCK_UN)
        return false
    }

    private static func processID(in path: String) -> Int32? {
        guard let file = try? InputFile(path: path, followingLinks: false),
            let bytes = try? file.bytes(atMost: 32)
        else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
