internal import AttendTensors
internal import Synchronization

/// What the threads that read a model find on the way: the first error, and tensors with numbers that are none.
final class ReadingProgress: Sendable {
    private let state = Mutex<(failure: (any Error)?, nonFinite: Set<String>)>((nil, []))

    /// The first error, after which nothing more is read.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// The names of tensors in which numbers are infinite or not numbers at all.
    var nonFiniteNames: Set<String> { state.withLock { $0.nonFinite } }

    /// Notes a tensor in which numbers are infinite or not numbers at all.
    func noteNonFinite(_ name: String) {
        state.withLock { _ = $0.nonFinite.insert(name) }
    }

    /// Runs pieces of work on all threads, unless something has failed.
    func run(_ pieces: Int, _ body: @escaping (_ piece: Int) throws -> Void) {
        if pieces == 0 || failure != nil { return }
        WorkerPool.shared.run(pieces) { [self] piece in
            if failure != nil { return }
            do {
                try body(piece)
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }
}
