internal import AttendLayers
package import AttendModels
internal import AttendTensors

/// A tensor as another program's file will have it, made when it is written.
///
/// At most one tensor of a file exists beside the model's own at a time.
@safe package struct OutgoingTensor: Sendable {
    /// The tensor's name in the file.
    package let name: String
    /// Its dimensions, slowest first.
    package let shape: [Int]
    /// Lends the elements in row-major order, once for each call.
    package let withElements:
        @Sendable (_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// How many elements it has.
    package var elementCount: Int { shape.reduce(1, *) }

    /// A tensor whose elements are lent.
    package init(
        name: String, shape: [Int],
        withElements:
            @escaping @Sendable (_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void
    ) {
        self.name = name
        self.shape = shape
        unsafe self.withElements = withElements
    }

    /// All tensors of a file that this model makes, in the layout's order.
    ///
    /// - Throws: ``LoadingError`` where the layout is not one of this model.
    package static func all(
        of model: AnyModel, in layout: CheckpointLayout
    ) throws -> [OutgoingTensor] {
        let parameters = model.module.namedTensors()
        try layout.check(
            parameters.map { (name: $0.name, shape: $0.tensor.shape.dimensions) })
        var pieces: [String: [Piece]] = [:]
        var order: [(name: String, shape: [Int])] = []
        for (map, (_, tensor)) in zip(layout.maps, parameters) {
            for part in map.parts {
                if pieces[part.name] == nil { order.append((part.name, part.shape)) }
                pieces[part.name, default: []].append(Piece(tensor: tensor, map: map, part: part))
            }
        }
        return order.map { name, shape in
            OutgoingTensor(name: name, shape: shape, pieces: pieces[name] ?? [])
        }
            + layout.constants.map { constant in
                unsafe OutgoingTensor(name: constant.name, shape: constant.shape) { body in
                    let elements = constant.elements(ofRows: 0..<constant.rowCount)
                    unsafe try elements.withUnsafeBufferPointer { unsafe try body($0) }
                }
            }
    }

    private struct Piece: Sendable {
        let tensor: Tensor
        let map: TensorMap
        let part: TensorPart
    }

    private init(name: String, shape: [Int], pieces: [Piece]) {
        if let piece = pieces.first, pieces.count == 1, piece.part.arrangement == .same,
            piece.part.unusedRows == 0
        {
            let width = piece.map.rowWidth
            let range = piece.part.rows.lowerBound * width..<piece.part.rows.upperBound * width
            unsafe self.init(name: name, shape: shape) { body in
                unsafe try piece.tensor.withElements { elements in
                    unsafe try body(UnsafeBufferPointer(rebasing: elements[range]))
                }
            }
            return
        }
        unsafe self.init(name: name, shape: shape) { body in
            var made = Tensor.zeros(Shape(shape))
            unsafe made.withMutableElements { target in
                for piece in pieces {
                    let slices = TensorSlice.all(of: piece.part, in: piece.map)
                    unsafe piece.tensor.withElements { elements in
                        WorkerPool.shared.run(slices.count) { number in
                            unsafe slices[number].write(elements, into: target)
                        }
                    }
                }
            }
            unsafe try made.withElements { elements in unsafe try body(elements) }
        }
    }
}
