internal import AttendLayers
internal import AttendTensors

/// The figures of a model's parts, from its gradients and from what a step changed.
enum LayerFigures {
    /// The parts of the model in a step.
    ///
    /// - Parameters:
    ///   - gradients: before clipping, in the order of the changes.
    ///   - changes: of the same parameters.
    static func layers(
        gradients: Gradients, changes: [ParameterChange]
    ) -> [MetricEvent.Layer] {
        let parts = ModelParts(parameterNames: changes.map(\.name))
        var sums = [(gradient: Double, weight: Double, change: Double)](
            repeating: (0, 0, 0), count: parts.names.count)
        for (place, (gradient, change)) in zip(gradients.tensors, changes).enumerated() {
            let part = parts.indices[place]
            sums[part].gradient += gradient.tensor.sumOfSquares()
            sums[part].weight += change.weightSquares
            sums[part].change += change.changeSquares
        }
        return zip(parts.names, sums).map { name, sum in
            MetricEvent.Layer(
                name: name, gradientNorm: sum.gradient.squareRoot(),
                weightNorm: sum.weight.squareRoot(),
                updateRatio: (sum.change / sum.weight).squareRoot())
        }
    }
}
