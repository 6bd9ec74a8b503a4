internal import AttendKernels

/// What the weights of a finished model may be kept in, to take less memory and be read sooner than float32.
public enum WeightFormat: String, CaseIterable, Codable, Sendable {
    /// 8 significant bits: half of the memory.
    case bfloat16
    /// Blocks of 32 numbers of 8 bits with a scale in half precision, as `Q8_0` of GGUF: 8.5 bits each.
    case int8
    /// The same with 4 bits, as `Q4_0`: 4.5 bits each.
    case int4

    var element: AttendElement {
        switch self {
        case .bfloat16: AttendBFloat16
        case .int8: AttendInt8Blocks
        case .int4: AttendInt4Blocks
        }
    }

    var blocks: QuantisedBlocks? {
        switch self {
        case .bfloat16: nil
        case .int8: .eightBits
        case .int4: .fourBits
        }
    }

    /// Whether rows of this many elements can be kept in it: blocks do not reach from one row into the next.
    public func fits(width: Int) -> Bool { blocks == nil || width % QuantisedBlocks.width == 0 }

    /// How many bytes so many elements take, whole rows of them.
    public func byteCount(of count: Int) -> Int {
        blocks.map { count / QuantisedBlocks.width * $0.byteCount } ?? 2 * count
    }
}

/// A matrix of weights in fewer bits than a ``Tensor`` has: an operand of products, and nothing that can be trained.
public struct StoredMatrix: Sendable {
    /// Rows and columns.
    public let shape: Shape
    /// What its elements are kept in.
    public let format: WeightFormat

    let storage: Storage

    /// The nearest elements of a format.
    ///
    /// - Parameter tensor: `[rows, columns]`, whose columns fit the format; others trap.
    public init(_ tensor: Tensor, as format: WeightFormat) {
        if tensor.shape.rank != 2 || !format.fits(width: tensor.shape.width) {
            shapeError("a weight of shape \(tensor.shape) cannot be kept in \(format.rawValue)")
        }
        shape = tensor.shape
        self.format = format
        storage = Storage(count: (format.byteCount(of: tensor.count) + 3) / 4)
        let (rows, width, storage) = (tensor.shape[0], tensor.shape[1], storage)
        parallelRanges(rows, grain: max(elementwiseGrain / max(width, 1), 1)) { begin, end in
            unsafe tensor.withElements { elements in
                let part = unsafe UnsafeBufferPointer(
                    rebasing: elements[begin * width..<end * width])
                unsafe Self.bytes(of: storage, begin * width..<end * width, format) { bytes in
                    if let blocks = format.blocks {
                        unsafe blocks.encode(part, into: bytes)
                    } else {
                        unsafe StoredElements.roundToBFloat16(
                            part, into: bytes.bindMemory(to: UInt16.self))
                    }
                }
            }
        }
    }

    /// How many bytes it takes.
    public var byteCount: Int { format.byteCount(of: shape.count) }

    /// The elements as float32, exactly.
    public func widened() -> Tensor {
        let result = Tensor(uninitialized: shape)
        let (rows, width) = (shape[0], shape[1])
        parallelRanges(rows, grain: max(elementwiseGrain / max(width, 1), 1)) { [self] begin, end in
            widen(begin..<end, into: result, at: begin)
        }
        return result
    }

    /// The rows of these numbers as float32: `[ids…, columns]`.
    ///
    /// - Parameters:
    ///   - ids: each in `0 ..< rows`; another traps.
    ///   - shape: the shape of the ids, as in `[batch, tokens]`.
    public func gathered(_ ids: [Int32], shape idShape: Shape) -> Tensor {
        if ids.count != idShape.count {
            shapeError("embedding: \(ids.count) ids do not fill shape \(idShape)")
        }
        if let wrong = ids.first(where: { $0 < 0 || $0 >= shape[0] }) {
            shapeError("embedding: id \(wrong) is outside of the vocabulary of \(shape[0])")
        }
        let result = Tensor(uninitialized: Shape(idShape.dimensions + [shape[1]]))
        for (place, id) in ids.enumerated() {
            widen(Int(id)..<Int(id) + 1, into: result, at: place)
        }
        return result
    }

    private func widen(_ rows: Range<Int>, into target: Tensor, at row: Int) {
        let width = shape[1]
        unsafe Self.bytes(of: storage, rows.lowerBound * width..<rows.upperBound * width, format) {
            bytes in
            let elements = unsafe UnsafeMutableBufferPointer(
                start: target.storage.pointer + row * width, count: rows.count * width)
            if let blocks = format.blocks {
                unsafe blocks.decode(UnsafeRawBufferPointer(bytes), into: elements)
            } else {
                unsafe StoredElements.widenBFloat16(
                    UnsafeBufferPointer(bytes.bindMemory(to: UInt16.self)), into: elements)
            }
        }
    }

    private static func bytes(
        of storage: Storage, _ elements: Range<Int>, _ format: WeightFormat,
        _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let begin = format.byteCount(of: elements.lowerBound)
        unsafe body(
            UnsafeMutableRawBufferPointer(
                start: UnsafeMutableRawPointer(storage.pointer) + begin,
                count: format.byteCount(of: elements.upperBound) - begin))
    }

    /// This matrix as the transposed right operand of a product.
    var operand: AttendOperand {
        unsafe AttendOperand(
            data: UnsafeRawPointer(storage.pointer), stride: Int64(shape[1]), isTransposed: 1,
            element: format.element)
    }
}
