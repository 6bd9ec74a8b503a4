/// The elements of one or more tensors: a block of the buffer pool, given back when the last of them is gone.
@safe final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    private let capacity: Int

    /// A block for `count` elements, whose contents are undefined.
    init(count: Int) {
        capacity = BufferPool.capacity(for: count)
        unsafe pointer = BufferPool.shared.take(capacity)
    }

    deinit {
        unsafe BufferPool.shared.recycle(pointer, capacity: capacity)
    }
}
