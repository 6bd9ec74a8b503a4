internal import AttendCheckpoints
internal import AttendLayers
internal import AttendTensors

/// The kinds that draw fresh weights; ``MaximalUpdate`` scales those that the family draws.
extension InitialisationKind {
    /// Fresh weights for the linear maps of a model, by name; tables, biases and gains stay as the family makes them.
    func weights(
        for model: some Module, random: inout RandomSource
    ) -> [String: Tensor] {
        let parameters = model.parameters
        var weights = Dictionary(
            uniqueKeysWithValues: model.namedTensors().map { ($0.name, $0.tensor) })
        for (name, parameter) in parameters where parameter.kind == .matrix {
            let shape = parameter.shape
            let residuals = Self.residualCount(inStackOf: name, among: parameters.map(\.name))
            let deviation = deviation(
                inputs: shape.width, outputs: shape[-2], residuals: residuals)
            weights[name] = random.stream().normal(shape) * deviation
        }
        return weights
    }

    private func deviation(inputs: Int, outputs: Int, residuals: Int?) -> Float {
        switch self {
        case .normal, .maximalUpdate: 0.02
        case .scaledResidual: 0.02 / Float(max(residuals ?? 1, 1)).squareRoot()
        case .xavier: (2 / Float(max(inputs + outputs, 1))).squareRoot()
        case .kaiming: (2 / Float(max(inputs, 1))).squareRoot()
        }
    }

    /// How many residual connections the stack of a map has that ends in one: `h.3.attn.c_proj.weight`; nil for other maps.
    private static func residualCount(inStackOf name: String, among names: [String]) -> Int? {
        guard let end = residualEnd(of: name) else { return nil }
        let ends = names.compactMap { residualEnd(of: $0) }.filter { $0.stack == end.stack }
        return Set(ends.map(\.part)).count
    }

    /// The stack that a map belongs to and the residual connection that it ends in, such as `decoder.` and `3.attn`.
    private static func residualEnd(of name: String) -> (stack: String, part: String)? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.suffix(2) == ["c_proj", "weight"], let h = parts.firstIndex(of: "h"),
            h + 2 < parts.count
        else { return nil }
        return (parts[..<h].joined(separator: "."), parts[h + 1...h + 2].joined(separator: "."))
    }
}
