internal import AttendKernels

/// A dense, row-major, contiguous array of float32 numbers.
///
/// A tensor is a value: copies share memory until one of them is written to. It remembers how it was computed only while
/// ``valueWithGradients(of:watch:_:)`` is watching.
public struct Tensor: Sendable {
    /// The extents of the axes, outermost first.
    public let shape: Shape

    var storage: Storage

    /// Where the gradient of this tensor is collected, while someone differentiates.
    var node: Node?

    /// A tensor whose elements are undefined until they are written.
    init(uninitialized shape: Shape) {
        self.shape = shape
        storage = Storage(count: shape.count)
    }

    init(shape: Shape, storage: Storage, node: Node? = nil) {
        self.shape = shape
        self.storage = storage
        self.node = node
    }

    /// A tensor of the given elements, in row-major order.
    public init(_ elements: [Float], shape: Shape) {
        if elements.count != shape.count {
            shapeError(
                "shape \(shape) has \(shape.count) elements, but \(elements.count) were given")
        }
        self.init(uninitialized: shape)
        let storage = storage
        unsafe elements.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress {
                unsafe attend_copy(storage.pointer, base, bytes.count)
            }
        }
    }

    /// A tensor of one axis.
    public init(_ elements: [Float]) {
        self.init(elements, shape: [elements.count])
    }

    /// A tensor whose elements are all `value`.
    public init(repeating value: Float, shape: Shape) {
        self.init(uninitialized: shape)
        fill(with: value)
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: Shape) -> Tensor {
        Tensor(repeating: 0, shape: shape)
    }

    /// How many elements there are.
    public var count: Int { shape.count }

    /// Whether someone watches how this tensor is used, to differentiate it.
    package var isDifferentiated: Bool { node != nil }

    /// A copy of the elements, in row-major order.
    public var elements: [Float] {
        unsafe withElements { unsafe Array($0) }
    }

    /// A copy of the elements of one row of the last axis.
    package func elements(ofRow row: Int) -> [Float] {
        if row < 0 || row >= shape.rows { shapeError("there is no row \(row) in \(shape)") }
        return unsafe withElements { elements in
            let begin = row * shape.width
            return unsafe Array(elements[begin..<begin + shape.width])
        }
    }

    /// The only element of a tensor that has one.
    public func item() -> Float {
        if count != 1 { shapeError("item() needs a tensor of one element, not of shape \(shape)") }
        return unsafe storage.pointer[0]
    }

    /// The same numbers, cut off from how they were computed: no gradient flows through the result.
    public func detached() -> Tensor {
        Tensor(shape: shape, storage: storage)
    }

    /// Hands the elements to `body`, where they lie.
    ///
    /// This is the one way to read a tensor on the host.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows
        -> Result
    {
        defer { withExtendedLifetime(storage) {} }
        return try unsafe body(UnsafeBufferPointer(start: storage.pointer, count: count))
    }

    /// Hands the elements to `body` for writing, after making sure that no other tensor shares them.
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        makeUnique()
        defer { withExtendedLifetime(storage) {} }
        return try unsafe body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    }

    /// Makes this tensor the only owner of its elements, copying them where it is not.
    mutating func makeUnique() {
        if isKnownUniquelyReferenced(&storage) { return }
        let copy = Storage(count: count)
        unsafe attend_copy(copy.pointer, storage.pointer, count * MemoryLayout<Float>.stride)
        storage = copy
    }

    /// Sets every element to `value`.
    mutating func fill(with value: Float) {
        let storage = storage
        parallelRanges(count, grain: 1 << 16) { begin, end in
            unsafe kernels.fill(Int64(end - begin), value, storage.pointer + begin)
        }
    }
}
