internal import AttendLayers
internal import AttendTensors

/// A running mean of a model's weights, which is often better than the weights themselves.
///
/// mean ← d · mean + (1 − d) · weights, with d growing from 2/11 to the number that it was told, so that the first weights, which
/// are chance, are soon forgotten.
///
/// - Source: Polyak & Juditsky 1992; Tarvainen & Valpola 2017, §3.
struct WeightAverage: Sendable {
    private let forgetting: Float
    private var means: [String: Tensor]

    /// A mean that begins with the weights as they are.
    init(forgetting: Float, of model: some Module) {
        self.forgetting = forgetting
        means = Dictionary(uniqueKeysWithValues: model.namedTensors().map { ($0.name, $0.tensor) })
    }

    /// Takes in the weights after a step, counted from 1.
    mutating func add(_ model: some Module, atStep step: Int) {
        let kept = min(forgetting, Float(1 + step) / Float(10 + step))
        for (name, tensor) in model.namedTensors() {
            means[name] = means[name].map { $0 * kept + tensor * (1 - kept) } ?? tensor
        }
    }

    /// The model with the means in the place of its weights.
    func applied<Model: Module>(to model: Model) -> Model {
        var model = model
        var replacement = Replacement(means: means)
        model.visit(&replacement)
        return model
    }

    private struct Replacement: ParameterVisitor {
        var path: [String] = []
        let means: [String: Tensor]

        init(means: [String: Tensor]) { self.means = means }

        mutating func visit(_ parameter: inout Parameter, name: String) {
            if let mean = means[name] { parameter.tensor = mean }
        }
    }
}
