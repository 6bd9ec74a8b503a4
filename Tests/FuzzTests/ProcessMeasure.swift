import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What this process has used.
enum ProcessMeasure {
    /// The processor time of this thread, in seconds; unlike the clock's, it does not run while others work.
    static var threadSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// A line of the system's record of this process, in bytes; nil where there is none.
    static func memory(_ name: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line.flatMap { $0.split(separator: " ").dropLast().last.flatMap { Int($0) } }
            .map { $0 << 10 }
    }

    /// Forgets the most memory so far, so that it is that of what comes.
    static func resetPeak() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }
}

/// A file whose contents are replaced again and again.
final class InputOnDisk {
    let path: String
    private let descriptor: Int32

    init(_ path: String) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
    }

    deinit {
        close(descriptor)
    }

    func replace(by bytes: [UInt8]) {
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        precondition(
            written == bytes.count && ftruncate(descriptor, off_t(bytes.count)) == 0,
            "cannot write \(path)")
    }
}
