public import AttendTensors

/// What the weights of a model are kept in while it is used.
public enum InferencePrecision: String, CaseIterable, Codable, Sendable {
    /// As they were trained.
    case float32
    /// 8 significant bits.
    case bfloat16
    /// Blocks of 32 numbers of 8 bits.
    case int8
    /// Blocks of 32 numbers of 4 bits.
    case int4

    /// The format of the weights; nil where they are not rounded.
    public var format: WeightFormat? { WeightFormat(rawValue: rawValue) }

    /// The precision of weights in a format.
    public init(_ format: WeightFormat) {
        self =
            switch format {
            case .bfloat16: .bfloat16
            case .int8: .int8
            case .int4: .int4
            }
    }
}

extension Module {
    /// The same with its matrices and tables kept in fewer bits.
    ///
    /// Vectors, such as biases and the gains of norms, and matrices whose rows are not whole blocks stay as they are.
    public func storingWeights(as format: WeightFormat) -> Self {
        var copy = self
        copy.forEachParameter { _, parameter in parameter.store(as: format) }
        return copy
    }

    /// The same with those matrices in blocks whose numbers are such blocks already, as those from a quantised file are:
    /// every number stays what it is.
    public func storingWeightsExactly(as format: WeightFormat) -> Self {
        var copy = self
        copy.forEachParameter { _, parameter in
            var stored = parameter
            stored.store(as: format)
            if stored.stored != nil, stored.tensor.elements == parameter.tensor.elements {
                parameter = stored
            }
        }
        return copy
    }

    /// How many bytes the parameters take.
    public var parameterBytes: Int {
        parameters.reduce(0) { $0 + $1.parameter.byteCount }
    }
}
