public import AttendTensors

extension SafetensorsWriter.Item {
    /// A tensor to write, whose elements are read where they lie.
    public init(
        name: String, tensor: Tensor, precision: SafetensorsWriter.Precision = .float32
    ) {
        unsafe self.init(name: name, shape: tensor.shape.dimensions, precision: precision) { body in
            unsafe try tensor.withElements { elements in unsafe try body(elements) }
        }
    }
}

extension SafetensorsWriter.Item {
    /// A tensor to write in the form of another program.
    package init(_ tensor: OutgoingTensor, precision: SafetensorsWriter.Precision) {
        unsafe self.init(
            name: tensor.name, shape: tensor.shape, precision: precision,
            withElements: tensor.withElements)
    }
}

/// All tensors of a file by their names, as float32.
///
/// - Throws: ``CheckpointError`` where the file cannot be read, or an element has no float32.
public func namedTensors(in file: SafetensorsFile) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for entry in file.entries {
        var tensor = Tensor.zeros(Shape(entry.shape))
        unsafe try tensor.withMutableElements { elements in
            unsafe try file.readFloats(entry.name, into: elements)
        }
        tensors[entry.name] = tensor
    }
    return tensors
}
