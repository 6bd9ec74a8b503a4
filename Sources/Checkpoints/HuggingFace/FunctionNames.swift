internal import AttendTensors

/// What transformers calls the functions of feed-forward networks, the name that is written for each first.
enum FunctionNames {
    static let all: [(String, Activation)] = [
        ("gelu", .gelu), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh),
        ("gelu_fast", .geluTanh), ("relu", .relu), ("silu", .silu), ("swish", .silu),
        ("relu2", .reluSquared), ("tanh", .tanh), ("sigmoid", .sigmoid),
    ]

    /// The name of a function.
    static func name(of function: Activation) -> String? {
        all.first { $0.1 == function }?.0
    }
}
