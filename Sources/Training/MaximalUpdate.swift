internal import AttendCheckpoints
internal import AttendLayers
public import AttendModels
internal import AttendTensors

/// Maximal update parametrisation, μP: what a learning rate does in a step does not depend on the width of the model.
///
/// In a model that is `n` times as wide as the base, the weights of linear maps begin 1/√n and are moved 1/n as far, since a
/// sum over `n` times as many inputs adds up `n` times as many changes of one direction; logits are 1/n as large. The logits'
/// factor is put into the last norm, whose gain begins with it and learns with it, which comes to the same and leaves the
/// model as it is for everyone else. Heads keep their width as models grow here, so scores need no factor.
///
/// - Source: Yang et al. 2022, table 8; the rate of Muon, whose steps have one spectral norm whatever the width, from
///   Bernstein et al. 2024.
public struct MaximalUpdate {
    private let baseWidth: Float
    private let optimizer: OptimizerKind

    /// - Throws: `ConfigurationError` where the model has no last norm before its head.
    init(_ configuration: RunConfiguration) throws {
        try Self.check(configuration.model.architecture)
        baseWidth = Float(configuration.training.baseWidth)
        optimizer = configuration.training.optimizer
    }

    /// Checks that a family can be scaled.
    ///
    /// - Throws: `ConfigurationError` where it has no last norm before its head.
    public static func check(_ family: Architecture) throws {
        if ![.gpt, .llama, .gptOSS].contains(family) {
            throw ConfigurationError(problems: [
                "initialisation mup is for gpt, llama and gpt-oss, not for \(family.rawValue)"
            ])
        }
    }

    /// The weights of a model that its family has made, scaled.
    func weights(for model: some Module) -> [String: Tensor] {
        let share = share(of: model)
        var weights = Dictionary(
            uniqueKeysWithValues: model.namedTensors().map { ($0.name, $0.tensor) })
        for (name, parameter) in model.parameters {
            if parameter.kind == .matrix {
                weights[name] = parameter.tensor * share.squareRoot()
            } else if Self.isInLastNorm(name) {
                weights[name] = parameter.tensor * share
            }
        }
        return weights
    }

    /// What the learning rates of parameters are multiplied by; those that it lacks stay as they are.
    func learningRateFactors(for model: some Module) -> [String: Float] {
        let share = share(of: model)
        var factors: [String: Float] = [:]
        for (name, parameter) in model.parameters {
            if parameter.kind == .matrix {
                // Muon's steps grow with the root of the longer side, which undoes one root of the width.
                factors[name] = optimizer == .muon ? share.squareRoot() : share
            } else if Self.isInLastNorm(name) {
                factors[name] = share
            }
        }
        return factors
    }

    /// The base width over that of the model, whose other widths keep their proportion to it.
    private func share(of model: some Module) -> Float {
        let last = model.parameters.first { Self.isInLastNorm($0.name) }
        return baseWidth / Float(last?.parameter.count ?? 1)
    }

    private static func isInLastNorm(_ name: String) -> Bool { name.hasPrefix("ln_f.") }
}
