#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif

/// Repeats a system call while signals interrupt it, and returns nil where it then failed.
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result? {
    while true {
        let result = call()
        if result >= 0 { return result }
        if errno != EINTR { return nil }
    }
}

// These three stand outside any type, where a method of the same name would hide the system's
// function.

func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress!, bytes.count)
}

func systemClose(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}

func systemRename(_ source: String, _ destination: String) -> Int32 {
    unsafe rename(source, destination)
}

extension CheckpointError {
    /// The sentence for a system call that failed: what was tried, the system's words, what would
    /// do.
    package static func system(_ attempt: String, path: String, code: Int32 = errno) -> Self {
        let words = unsafe String(cString: strerror(code))
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "; free some space or give a path on another disk"
            case EACCES, EPERM: "; give a path that this user has permission for"
            case EROFS: "; give a path on a disk that can be written"
            case ENOENT: "; check the path"
            case ENOTDIR: "; a part of the path is a file, so give another path"
            case EISDIR: "; give the path of a file"
            case ENAMETOOLONG: "; give a shorter name"
            case ELOOP: "; give the real path in place of a symbolic link"
            case EMFILE, ENFILE: "; close other programs or raise the limit on open files"
            default: ""
            }
        let kind = code == ENOENT ? Kind.missing : Kind.system(code: code)
        return Self(kind, path: path, "cannot \(attempt): \(words)\(remedy)")
    }

    /// The sentence for an operation on the disk that failed.
    package static func system(_ operation: FileOperation, path: String, code: Int32 = errno)
        -> Self
    {
        system(operation.rawValue, path: path, code: code)
    }

    /// Refuses what the operating system would cut short at a zero byte, or take for another path.
    static func checkPath(_ path: String) throws(CheckpointError) {
        if path.isEmpty {
            throw CheckpointError(.refused, path: "“”", "the path is empty; give a path")
        }
        if path.utf8.contains(0) {
            throw CheckpointError(
                .refused, path: path, "the path has a zero byte in it; give one without")
        }
    }
}
