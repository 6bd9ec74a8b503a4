import Foundation

#if canImport(Glibc)
    import Glibc
#endif

#if canImport(Glibc)
    /// The C library's mallopt(3), which its Swift module leaves out.
    @_silgen_name("mallopt") @discardableResult
    private func setAllocatorOption(_ option: CInt, _ value: CInt) -> CInt

    /// The C library's malloc_trim(3).
    @_silgen_name("malloc_trim") @discardableResult
    private func trimHeap(_ kept: Int) -> CInt

    private enum AllocatorOption {
        /// How much freed memory at the end of the heap is kept.
        static let trimThreshold: CInt = -1
        /// The size from which on an allocation is a mapping of its own.
        static let mapThreshold: CInt = -3
    }
#endif

/// What this process has used, and what it may use.
enum ProcessMeasure {
    /// The processor time of this thread, in seconds; unlike the clock's, it does not run while others work.
    static var threadSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The most memory since the last ``restartPeak()``, in bytes; nil where the system does not say.
    ///
    /// Not that of getrusage(2), which is never less than what the process had that started this one.
    static var peak: Int? {
        statusFile.flatMap { $0.number(after: "VmHWM:") }.map { $0 << 10 }
    }

    /// Lets ``peak`` count from the memory in use now; the result is that memory, or nil where the system cannot.
    static func restartPeak() -> Int? {
        guard resetFile >= 0 else { return nil }
        let digit: UInt8 = 0x35
        let written = unsafe withUnsafeBytes(of: digit) { byte in
            unsafe pwrite(resetFile, byte.baseAddress, 1, 0)
        }
        return written == 1 ? memory : nil
    }

    /// The memory in use, in bytes; nil where the system does not say.
    private static var memory: Int? {
        // The second number, after that of all addresses, which counts pages.
        sizesFile.flatMap { $0.number(after: " ") }.map { $0 * Int(getpagesize()) }
    }

    private static let statusFile = SystemRecord("/proc/self/status")
    /// Has less to say than the other file, and is read in a quarter of the time.
    private static let sizesFile = SystemRecord("/proc/self/statm")

    /// The file into which a 5 is written so that the peak is forgotten; negative where there is none.
    ///
    /// The allocator is told to keep no more than a megabyte of what is freed.
    private static let resetFile: Int32 = {
        #if canImport(Glibc)
            setAllocatorOption(AllocatorOption.trimThreshold, 1 << 20)
            setAllocatorOption(AllocatorOption.mapThreshold, 1 << 18)
        #endif
        return unsafe open("/proc/self/clear_refs", O_WRONLY)
    }()

    /// Gives memory that was freed back to the system, or what takes it anew would seem to need none.
    static func giveBackMemory() {
        #if canImport(Glibc)
            trimHeap(0)
        #endif
    }

    /// Ends the process with SIGPROF when it has worked for so long from now on; 0 takes that back.
    static func endProcess(afterSeconds seconds: Int) {
        var timer = itimerval()
        timer.it_value.tv_sec = .init(seconds)
        #if canImport(Glibc)
            unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
        #else
            unsafe setitimer(ITIMER_PROF, &timer, nil)
        #endif
    }

    /// Lets allocations fail beyond so many bytes of addresses above those in use; nil takes that back.
    ///
    /// Nothing happens where the system does not say how many are in use.
    static func limitAddressSpace(toFurther bytes: Int?) {
        #if canImport(Glibc)
            var limit = rlimit()
            guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
                return
            }
            guard let bytes else {
                limit.rlim_cur = limit.rlim_max
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                return
            }
            guard let pages = sizesFile?.number(after: "") else { return }
            limit.rlim_cur = min(limit.rlim_max, rlim_t(pages * Int(getpagesize()) + bytes))
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        #endif
    }
}

/// A file that the system writes anew each time that it is read.
private struct SystemRecord: Sendable {
    private let descriptor: Int32

    /// Nil where there is none.
    init?(_ path: String) {
        descriptor = unsafe open(path, O_RDONLY)
        if descriptor < 0 { return nil }
    }

    /// The first number behind a word, nil where the word is not there; the first of all behind the empty one.
    func number(after word: StaticString) -> Int? {
        unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
            let text = unsafe UnsafeRawBufferPointer(rebasing: buffer.prefix(max(0, count)))
            var place = 0
            while unsafe place + word.utf8CodeUnitCount < text.count,
                unsafe memcmp(
                    text.baseAddress! + place, word.utf8Start, word.utf8CodeUnitCount) != 0
            {
                place += 1
            }
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
            place += word.utf8CodeUnitCount
            let digits = unsafe text.dropFirst(place).drop { !isDigit($0) }.prefix(while: isDigit)
            return unsafe digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
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
