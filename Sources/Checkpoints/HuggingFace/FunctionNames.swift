internal import AttendLayers
internal import AttendTensors

/// What Hugging Face transformers calls functions; the first name of each is the one that is written.
enum FunctionNames {
    /// Functions of each element.
    static let activations: [(String, Activation)] = [
        ("relu", .relu), ("gelu", .gelu), ("gelu_python", .gelu), ("gelu_new", .geluTanh),
        ("gelu_pytorch_tanh", .geluTanh), ("gelu_fast", .geluTanh), ("silu", .silu),
        ("swish", .silu),
        ("relu2", .reluSquared), ("tanh", .tanh), ("sigmoid", .sigmoid),
    ]

    /// Functions that gate.
    static let gates: [(String, Gate)] = [
        ("silu", .silu), ("swish", .silu), ("gelu", .gelu), ("gelu_pytorch_tanh", .geluTanh),
        ("gelu_new", .geluTanh), ("relu", .relu), ("sigmoid", .sigmoid),
    ]

    /// The name of a function.
    static func name(of activation: Activation) -> String? {
        activations.first { $0.1 == activation }?.0
    }

    /// The name of a gate's function.
    static func name(of gate: Gate) -> String? {
        gates.first { $0.1 == gate }?.0
    }
}
