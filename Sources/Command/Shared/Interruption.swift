import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and a terminal that is closed: the first asks the command to stop in good order, the second ends it at once.
enum Interruption: Error {
    /// The command stopped because it was asked to.
    case requested

    private static let count = Atomic<Int>(0)

    /// Whether the command should stop.
    static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

    /// Begins to listen.
    ///
    /// A command that does not listen is ended by the first signal.
    static func listen() {
        // Before a signal can ask for it: making a global is nothing for a signal handler.
        _ = isRequested
        // Whoever starts the process may have blocked them, as thread pools do.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // Who starts a process in the background, as nohup does, has it ignore a terminal that is closed.
        let before = signal(SIGHUP, SIG_IGN)
        let isIgnored =
            unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        for number in isIgnored ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP] {
            _ = signal(number) { _ in
                if Interruption.count.add(1, ordering: .relaxed).newValue > 1 {
                    _exit(ExitStatus.interrupted.rawValue)
                }
            }
        }
    }

    /// What a long work gives that asks its task whether to go on; after ``listen()``, the first signal cancels it.
    ///
    /// - Throws: ``requested`` where it was cancelled, and what the work throws.
    static func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let task = Task.detached {
            let result = Swift.Result { try work() }
            outcome.withLock { $0 = result }
            done.signal()
        }
        while done.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
            if isRequested { task.cancel() }
        }
        try check()
        guard let result = outcome.withLock({ $0 }) else { throw Interruption.requested }
        return try result.get()
    }

    /// Throws ``requested`` where the command should stop.
    static func check() throws {
        if isRequested { throw Interruption.requested }
    }
}
