internal import Foundation

/// How much memory the process has had at most.
public enum PeakMemory {
    /// In units of 10⁶ bytes, as the system counts resident pages.
    public static var megabytes: Double {
        var usage = rusage()
        // RUSAGE_SELF, to which each C library gives another type.
        let itself: Int32 = 0
        let result = unsafe getrusage(itself, &usage)
        #if canImport(Darwin)
            let unit = 1.0
        #else
            let unit = 1024.0
        #endif
        return result == 0 ? Double(usage.ru_maxrss) * unit / 1e6 : 0
    }
}
