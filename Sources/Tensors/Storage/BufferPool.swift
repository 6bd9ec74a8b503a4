internal import AttendKernels
internal import Synchronization

/// Memory of tensors that are gone, kept for the next ones, so that a steady training step allocates nothing.
///
/// Sizes are rounded up to eight classes for each power of two, so that at most an eighth of a block is unused.
final class BufferPool: Sendable {
    static let shared = BufferPool()

    @safe private struct State {
        // The safety of each pointer rests on the pool being its only owner.
        var free: [Int: [UnsafeMutablePointer<Float>]] = unsafe [:]
        var freeBytes = 0
        var liveBytes = 0
        var peakBytes = 0
        /// The most since someone began to watch.
        var watchedPeakBytes = 0
    }

    private let state = Mutex(State())

    /// The capacity, in elements, of the class that `count` elements fall into.
    static func capacity(for count: Int) -> Int {
        if count <= 256 { return max((count + 15) / 16 * 16, 16) }
        let step = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3)
        return (count + step - 1) / step * step
    }

    /// A block of `capacity` elements whose contents are undefined.
    func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
        let bytes = capacity * MemoryLayout<Float>.stride
        let recycled = state.withLock { state -> Int in
            state.liveBytes += bytes
            state.peakBytes = max(state.peakBytes, state.liveBytes)
            state.watchedPeakBytes = max(state.watchedPeakBytes, state.liveBytes)
            guard let block = unsafe state.free[capacity]?.popLast() else { return 0 }
            state.freeBytes -= bytes
            return Int(bitPattern: block)
        }
        if let block = unsafe UnsafeMutablePointer<Float>(bitPattern: recycled) {
            return unsafe block
        }
        if let memory = unsafe attend_allocate(bytes) {
            return unsafe memory.assumingMemoryBound(to: Float.self)
        }
        releaseAll()
        guard let memory = unsafe attend_allocate(bytes) else {
            shapeError("no memory left for a tensor of \(capacity) elements (\(bytes >> 20) MiB)")
        }
        return unsafe memory.assumingMemoryBound(to: Float.self)
    }

    /// Takes back a block from `take`.
    func recycle(_ block: UnsafeMutablePointer<Float>, capacity: Int) {
        let bytes = capacity * MemoryLayout<Float>.stride
        let address = Int(bitPattern: block)
        state.withLock { state in
            state.liveBytes -= bytes
            state.freeBytes += bytes
            if let block = unsafe UnsafeMutablePointer<Float>(bitPattern: address) {
                unsafe state.free[capacity, default: []].append(block)
            }
        }
    }

    /// Gives every unused block back to the system.
    func releaseAll() {
        state.withLock { state in
            unsafe state.free.forEach { capacity, blocks in
                let bytes = capacity * MemoryLayout<Float>.stride
                unsafe blocks.forEach { unsafe attend_free($0, bytes) }
            }
            unsafe state.free = [:]
            state.freeBytes = 0
        }
    }

    /// Begins to watch: the peak is what is alive now.
    func watchPeak() -> Int {
        state.withLock { state in
            state.watchedPeakBytes = state.liveBytes
            return state.liveBytes
        }
    }

    var watchedPeakBytes: Int { state.withLock { $0.watchedPeakBytes } }

    var usage: (live: Int, free: Int, peak: Int) {
        state.withLock { state in (state.liveBytes, state.freeBytes, state.peakBytes) }
    }
}

/// How much memory tensors take.
public enum TensorMemory {
    /// Bytes in tensors that are alive.
    public static var liveBytes: Int { BufferPool.shared.usage.live }

    /// Bytes kept for the next tensors.
    public static var freeBytes: Int { BufferPool.shared.usage.free }

    /// The most that was ever alive at once, in bytes.
    public static var peakBytes: Int { BufferPool.shared.usage.peak }

    /// Does something, and tells how many bytes of tensors were alive at most beyond those that were when it began.
    ///
    /// Tensors of other threads count too, and one such question inside of another ends it.
    public static func growth<Result>(
        during body: () throws -> Result
    ) rethrows -> (result: Result, bytes: Int) {
        let before = BufferPool.shared.watchPeak()
        let result = try body()
        return (result, BufferPool.shared.watchedPeakBytes - before)
    }

    /// Gives memory that no tensor uses back to the system.
    public static func releaseUnused() { BufferPool.shared.releaseAll() }
}
