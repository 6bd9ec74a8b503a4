internal import AttendKernels
internal import Foundation
internal import Synchronization

/// Threads that share the pieces of one operation at a time.
///
/// A training step of a small model has hundreds of parallel sections of a few microseconds each, so workers spin for a
/// while before they sleep, and a section costs one atomic store to begin. A piece is claimed by decrementing `state`,
/// which holds the number of the section and how many of its pieces are left: a claim can only succeed for the section
/// that is under way.
///
/// What is computed never depends on which thread computes it, nor on how many there are.
package final class WorkerPool: @unchecked Sendable {
    /// The pool of this process.
    package static let shared = WorkerPool()

    private let state = Atomic<UInt64>(0)  // section << 32 | pieces left
    private let unfinished = Atomic<Int>(0)
    private let isBusy = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let wanted = Atomic<Int>(1)
    private let condition = NSCondition()
    private var job: ((Int) -> Void)?
    private var section: UInt32 = 0
    private var started = 1

    /// About a tenth of a millisecond: longer than the serial parts between sections.
    private static let turnsBeforeSleep = 4000

    private init() {
        threadCount = ProcessInfo.processInfo.activeProcessorCount
    }

    /// How many threads work on an operation, the caller included.
    package var threadCount: Int {
        get { wanted.load(ordering: .relaxed) }
        set {
            condition.lock()
            defer { condition.unlock() }
            let count = min(max(newValue, 1), 1024)
            wanted.store(count, ordering: .relaxed)
            while started < count {
                let index = started
                let thread = Thread { [self] in work(index) }
                thread.stackSize = 1 << 20
                thread.name = "attend-worker-\(index)"
                thread.start()
                started += 1
            }
        }
    }

    /// Calls `body` once for each of `0 ..< pieces`, in any order and on any thread, and returns when all are done.
    ///
    /// A section begun while another is under way runs on the caller alone.
    package func run(_ pieces: Int, _ body: @escaping (Int) -> Void) {
        if pieces == 1 { return body(0) }
        let isAlone =
            threadCount == 1
            || isBusy.exchange(true, ordering: .acquiring)
        if isAlone {
            for piece in 0..<pieces { body(piece) }
            return
        }
        job = body
        unfinished.store(pieces, ordering: .relaxed)
        section &+= 1
        let begun = UInt64(section) << 32
        state.store(begun | UInt64(pieces), ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            condition.lock()
            condition.broadcast()
            condition.unlock()
        }
        while takePiece() {}
        var turns = 0
        while unfinished.load(ordering: .acquiring) > 0 {
            turns += 1
            // A worker that the system has suspended in the middle of a piece needs this processor more than we do.
            if turns % 10_000 == 0 { Thread.sleep(forTimeInterval: 0) } else { attend_pause() }
        }
        job = nil
        isBusy.store(false, ordering: .releasing)
    }

    /// Works on one piece of the section under way; false where none is left.
    private func takePiece() -> Bool {
        var seen = state.load(ordering: .acquiring)
        while seen & 0xffff_ffff > 0 {
            let (claimed, current) = state.weakCompareExchange(
                expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
            if claimed {
                execute(Int(seen & 0xffff_ffff) - 1)
                unfinished.subtract(1, ordering: .releasing)
                return true
            }
            seen = current
        }
        return false
    }

    @inline(never)
    private func execute(_ piece: Int) {
        job?(piece)
    }

    private func work(_ index: Int) {
        var idleTurns = 0
        while true {
            if index < wanted.load(ordering: .relaxed), takePiece() {
                idleTurns = 0
                continue
            }
            idleTurns += 1
            if idleTurns < Self.turnsBeforeSleep {
                attend_pause()
            } else {
                sleep(index)
                idleTurns = 0
            }
        }
    }

    private func sleep(_ index: Int) {
        condition.lock()
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while index >= wanted.load(ordering: .relaxed)
            || state.load(ordering: .sequentiallyConsistent) & 0xffff_ffff == 0
        {
            condition.wait()
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        condition.unlock()
    }
}

/// How many threads Attend computes with, at first as many as the system has processors.
public var threadCount: Int {
    get { WorkerPool.shared.threadCount }
    set { WorkerPool.shared.threadCount = newValue }
}

/// Divides `0 ..< count` into ranges of whole grains and calls `body(begin, end)` for each, in parallel.
///
/// Only for work whose result for an element does not depend on where a range begins.
func parallelRanges(_ count: Int, grain: Int, _ body: @escaping (Int, Int) -> Void) {
    let grains = (count + grain - 1) / grain
    let pieces = min(grains, WorkerPool.shared.threadCount)
    if pieces <= 1 { return body(0, count) }
    WorkerPool.shared.run(pieces) { piece in
        let begin = piece * grains / pieces * grain
        let end = min((piece + 1) * grains / pieces * grain, count)
        if begin < end { body(begin, end) }
    }
}
