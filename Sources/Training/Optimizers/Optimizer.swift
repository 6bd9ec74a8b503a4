public import AttendLayers
public import AttendTensors
internal import AttendCheckpoints

/// Moves the parameters of a model by their gradients, step by step.
///
/// ```swift
/// var optimizer = Optimizer(OptimizerOptions(.adamW, weightDecay: 0.1))
/// optimizer.update(&model, with: gradients, learningRate: 1e-3)
/// ```
///
/// Which rule moves a parameter follows from the optimizer and from the parameter's kind: Muon moves matrices, and leaves tables
/// and vectors to AdamW.
public struct Optimizer: Sendable {
    /// What it was told.
    public let options: OptimizerOptions
    /// How many steps have been taken.
    public private(set) var stepCount = 0

    private var memory: [String: [Tensor]] = [:]
    private let learningRateFactors: [String: Float]
    private let matrixRule: any UpdateRule
    private let otherRule: any UpdateRule

    /// An optimizer that has taken no step.
    ///
    /// - Parameter learningRateFactors: what the learning rate of parameters of these names is multiplied by. The share of
    ///   their weights that decays in a step stays the same.
    public init(
        _ options: OptimizerOptions = OptimizerOptions(),
        learningRateFactors: [String: Float] = [:]
    ) {
        self.options = options
        self.learningRateFactors = learningRateFactors
        switch options.kind {
        case .sgd: otherRule = MomentumRule(options, isNesterov: false)
        case .nesterov: otherRule = MomentumRule(options, isNesterov: true)
        case .adam: otherRule = AdamRule(options, decaysByGradient: true)
        case .adamW, .muon: otherRule = AdamRule(options, decaysByGradient: false)
        case .lion: otherRule = LionRule(options)
        case .adafactor: otherRule = AdafactorRule()
        }
        matrixRule = options.kind == .muon ? MuonRule(options) : otherRule
    }

    private func rule(for parameter: Parameter) -> any UpdateRule {
        // Muon makes matrices orthogonal; experts are several in one tensor.
        parameter.kind == .matrix && parameter.shape.rank == 2 ? matrixRule : otherRule
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - precision: what the factors of the optimizer's own matrix products round to; only Muon has any.
    ///   - measuringChanges: whether to tell how far each parameter moved, which takes a copy of one at a time.
    /// - Returns: the changes of the trainable parameters in their order; none where they are not measured.
    @discardableResult
    public mutating func update(
        _ model: inout some Module, with gradients: Gradients, learningRate: Float,
        precision: Precision = .float32, measuringChanges: Bool = false
    ) -> [ParameterChange] {
        stepCount += 1
        let step = UpdateStep(
            number: stepCount, learningRate: learningRate, gradientScale: gradients.scale,
            precision: precision)
        var visit = Visit(optimizer: self, gradients: gradients, step: step)
        visit.changes = measuringChanges ? [] : nil
        // The optimizer's own copy is given up, so that the tensors are written to in place.
        memory = [:]
        model.visit(&visit)
        memory = visit.memory
        return visit.changes ?? []
    }

    /// Counts a step that is left out, so that a run which is resumed later counts alike.
    mutating func passStep() { stepCount += 1 }

    private struct Visit: ParameterVisitor {
        var path: [String] = []
        var memory: [String: [Tensor]]
        let optimizer: Optimizer
        let gradients: Gradients
        var next = 0
        let step: UpdateStep
        var changes: [ParameterChange]?

        init(optimizer: Optimizer, gradients: Gradients, step: UpdateStep) {
            var optimizer = optimizer
            memory = optimizer.memory
            optimizer.memory = [:]
            self.optimizer = optimizer
            self.gradients = gradients
            self.step = step
        }

        mutating func visit(_ parameter: inout Parameter, name: String) {
            if !parameter.isTrainable { return }
            let (gradientName, gradient) = gradients.tensors[next]
            if gradientName != name {
                shapeError("the gradient of \(gradientName) arrived at \(name)")
            }
            next += 1
            let rule = optimizer.rule(for: parameter)
            var remembered =
                memory.removeValue(forKey: name)
                ?? rule.memory(of: parameter.shape).map { .zeros($0.shape) }
            let options = optimizer.options
            let factor = optimizer.learningRateFactors[name] ?? 1
            var step = step
            step.learningRate *= factor
            step.weightDecay =
                options.decayed.contains(parameter.kind) ? options.weightDecay / factor : 0
            let before = changes == nil ? nil : parameter.tensor
            rule.update(&parameter.tensor, gradient: gradient, memory: &remembered, in: step)
            if let before {
                changes?.append(ParameterChange(name: name, from: before, to: parameter.tensor))
            }
            memory[name] = remembered
        }
    }

    /// What it remembers, for a checkpoint: `first.<parameter>`, `second.<parameter>` and the like.
    ///
    /// - Parameter model: the model that it moves.
    public func namedTensors(of model: some Module) -> [(name: String, tensor: Tensor)] {
        model.parameters.flatMap { name, parameter -> [(name: String, tensor: Tensor)] in
            guard let remembered = memory[name] else { return [] }
            let names = rule(for: parameter).memory(of: parameter.shape).map(\.name)
            return zip(names, remembered).map { ("\($0).\(name)", $1) }
        }.sorted { $0.name < $1.name }
    }

    /// Restores what a checkpoint remembers.
    ///
    /// - Throws: ``LoadingError`` where a tensor is missing, left over or of another shape than its parameter wants.
    public mutating func load(
        _ tensors: [String: Tensor], stepCount: Int, for model: some Module
    ) throws {
        var problems: [String] = []
        var loaded: [String: [Tensor]] = [:]
        var leftOver = Set(tensors.keys)
        for (name, parameter) in model.parameters where parameter.isTrainable {
            loaded[name] = rule(for: parameter).memory(of: parameter.shape).compactMap {
                kind, shape in
                guard let tensor = tensors["\(kind).\(name)"] else {
                    problems.append("\(kind).\(name) is missing")
                    return nil
                }
                leftOver.remove("\(kind).\(name)")
                if tensor.shape != shape {
                    problems.append(
                        "\(kind).\(name) has shape \(tensor.shape), not \(shape)")
                }
                return tensor
            }
        }
        problems += leftOver.sorted().map { "\($0) belongs to no parameter" }
        if !problems.isEmpty { throw LoadingError(problems: problems) }
        memory = loaded
        self.stepCount = stepCount
    }
}

extension DecayedParameters {
    /// Whether parameters of this kind decay.
    fileprivate func contains(_ kind: Parameter.Kind) -> Bool {
        switch (self, kind) {
        case (.matrices, .matrix), (.matricesAndTables, .matrix), (.matricesAndTables, .table),
            (.all, _):
            true
        default: false
        }
    }
}
