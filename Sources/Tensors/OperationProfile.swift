internal import Synchronization

/// What the operations of a computation did and how long each kind took.
public struct OperationProfile: Hashable, Sendable {
    /// All calls of one kind together.
    public struct Entry: Hashable, Sendable {
        /// How often it ran.
        public var calls = 0
        /// How long, on all threads together as one clock sees them.
        public var seconds = 0.0
        /// Multiplications and additions, where they are what takes the time; 0 where memory is.
        public var arithmetic = 0.0
        /// Bytes that it had to read and write at least once.
        public var bytes = 0.0
    }

    /// By the name of the operation.
    public private(set) var entries: [String: Entry] = [:]

    /// A profile of nothing yet.
    public init() {}

    /// Seconds in all operations.
    public var seconds: Double { entries.values.reduce(0) { $0 + $1.seconds } }

    fileprivate mutating func add(
        _ name: String, seconds: Double, arithmetic: Double, bytes: Double
    ) {
        entries[name, default: Entry()].calls += 1
        entries[name, default: Entry()].seconds += seconds
        entries[name, default: Entry()].arithmetic += arithmetic
        entries[name, default: Entry()].bytes += bytes
    }
}

/// What operations report to, while someone watches.
private final class OperationRecorder: Sendable {
    @TaskLocal static var current: OperationRecorder?

    let profile = Mutex(OperationProfile())
}

/// Runs something and tells what its operations on tensors did.
///
/// Only what the calling thread starts is seen; the threads that help it are.
public func withOperationProfile<Result>(
    _ body: () throws -> Result
) rethrows -> (result: Result, profile: OperationProfile) {
    let recorder = OperationRecorder()
    let result = try OperationRecorder.$current.withValue(recorder, operation: body)
    return (result, recorder.profile.withLock { $0 })
}

/// Runs the work of one operation, with a note of it where someone watches.
///
/// Never one inside of another: what a table of operations shows is to add up.
///
/// - Parameters:
///   - floats: how many numbers are read and written.
///   - arithmetic: multiplications and additions, where they are what takes the time.
func measured<Result>(
    _ name: StaticString, floats: @autoclosure () -> Int,
    arithmetic: @autoclosure () -> Int = 0, _ body: () -> Result
) -> Result {
    guard let recorder = OperationRecorder.current else { return body() }
    let clock = ContinuousClock()
    let begin = clock.now
    let result = body()
    let seconds = (clock.now - begin) / .seconds(1)
    recorder.profile.withLock {
        $0.add(
            name.description, seconds: seconds, arithmetic: Double(arithmetic()),
            bytes: Double(floats()) * 4)
    }
    return result
}
