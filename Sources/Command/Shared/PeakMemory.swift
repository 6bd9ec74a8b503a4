import Foundation

/// How much memory the process has had at most.
enum PeakMemory {
    /// In units of 10⁶ bytes, as the system counts resident pages.
    static var megabytes: Double {
        var usage = rusage()
        let result = unsafe getrusage(RUSAGE_SELF, &usage)
        #if canImport(Darwin)
            let unit = 1.0
        #else
            let unit = 1024.0
        #endif
        return result == 0 ? Double(usage.ru_maxrss) * unit / 1e6 : 0
    }
}
