public import AttendTensors

/// Calls a function for each parameter.
private struct ForEach: ParameterVisitor {
    var path: [String] = []
    let body: (String, inout Parameter) -> Void

    mutating func visit(_ parameter: inout Parameter, name: String) {
        body(name, &parameter)
    }
}

extension Module {
    /// Calls `body` for each parameter, in order, to read or to change it.
    public mutating func forEachParameter(
        _ body: @escaping (_ name: String, _ parameter: inout Parameter) -> Void
    ) {
        var visitor = ForEach(body: body)
        visit(&visitor)
    }

    /// All parameters and their names, in order.
    public var parameters: [(name: String, parameter: Parameter)] {
        var copy = self
        var visitor = Collect()
        copy.visit(&visitor)
        return visitor.found
    }

    /// How many numbers the parameters hold.
    public var parameterCount: Int {
        parameters.reduce(0) { $0 + $1.parameter.count }
    }

    /// How many of them training may change.
    public var trainableParameterCount: Int {
        parameters.reduce(0) { $0 + ($1.parameter.isTrainable ? $1.parameter.count : 0) }
    }

    /// Freezes the parameters whose names satisfy the condition, and makes the others trainable.
    public mutating func freeze(where isFrozen: @escaping (String) -> Bool) {
        forEachParameter { name, parameter in parameter.isTrainable = !isFrozen(name) }
    }

    /// All tensors by their names, in order.
    public func namedTensors() -> [(name: String, tensor: Tensor)] {
        parameters.map { ($0.name, $0.parameter.tensor) }
    }

    /// Replaces all parameters by the tensors of the same names.
    ///
    /// Nothing is changed unless everything fits.
    /// - Throws: ``LoadingError``, which lists every name that is missing or left over and every shape that differs.
    public mutating func load(_ tensors: [String: Tensor]) throws {
        var problems: [String] = []
        var leftOver = Set(tensors.keys)
        for (name, parameter) in parameters {
            leftOver.remove(name)
            guard let tensor = tensors[name] else {
                problems.append("\(name) \(parameter.shape) is missing")
                continue
            }
            if tensor.shape != parameter.shape {
                problems.append(
                    "\(name) has shape \(tensor.shape) where the model has \(parameter.shape)"
                )
            }
        }
        problems += leftOver.sorted().map { "\($0) is not part of the model" }
        if !problems.isEmpty { throw LoadingError(problems: problems) }
        forEachParameter { name, parameter in
            if let tensor = tensors[name] { parameter.tensor = tensor }
        }
    }
}

private struct Collect: ParameterVisitor {
    var path: [String] = []
    var found: [(String, Parameter)] = []

    mutating func visit(_ parameter: inout Parameter, name: String) {
        found.append((name, parameter))
    }
}

/// Tensors that do not fit a model.
public struct LoadingError: Error, Equatable, CustomStringConvertible {
    /// What does not fit, one sentence each.
    public let problems: [String]

    /// An error with at least one problem.
    public init(problems: [String]) {
        self.problems = problems
    }

    /// The first problems in one sentence, and how many there are.
    public var description: String {
        let shown = problems.prefix(8).joined(separator: "; ")
        return "the weights do not fit the model: \(shown)"
            + (problems.count > 8 ? "; and \(problems.count - 8) more" : "")
    }
}
