/// A layer or a model: a value that owns parameters.
///
/// Copies are independent, so `let best = model` is a snapshot. Everything that concerns all parameters – counting,
/// freezing, saving, optimising – is a visitor.
public protocol Module: Sendable {
    /// Calls the visitor once for each parameter and each sub-module, in a fixed order, by the name used in checkpoints.
    mutating func visit(_ visitor: inout some ParameterVisitor)
}

/// Something done to every parameter of a module.
public protocol ParameterVisitor {
    /// Receives one parameter and its full name, such as `h.0.attn.c_attn.weight`.
    mutating func visit(_ parameter: inout Parameter, name: String)

    /// The names of the modules around the parameter being visited. ``ParameterVisitor`` keeps it; visitors only store it.
    var path: [String] { get set }
}

extension ParameterVisitor {
    /// Visits a parameter of the module at hand.
    public mutating func visit(_ name: String, _ parameter: inout Parameter) {
        visit(&parameter, name: path.isEmpty ? name : path.joined(separator: ".") + "." + name)
    }

    /// Visits a parameter that may be missing, such as a bias.
    public mutating func visit(_ name: String, _ parameter: inout Parameter?) {
        guard var present = parameter else { return }
        // The optional must not share the tensor while the visitor writes to it, or the write would copy it.
        parameter = nil
        visit(name, &present)
        parameter = present
    }

    /// Visits all parameters of a sub-module.
    public mutating func visit(_ name: String, _ module: inout some Module) {
        path.append(name)
        module.visit(&self)
        path.removeLast()
    }

    /// Visits a sub-module that may be missing, such as the norm before cross-attention.
    public mutating func visit(_ name: String, _ module: inout (some Module)?) {
        guard var present = module else { return }
        module = nil
        visit(name, &present)
        module = present
    }

    /// Visits sub-modules that are numbered from 0.
    public mutating func visit(_ name: String, _ modules: inout [some Module]) {
        path.append(name)
        for index in modules.indices {
            visit(String(index), &modules[index])
        }
        path.removeLast()
    }
}
