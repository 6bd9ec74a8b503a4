/// What has been computed while someone differentiates, in order.
final class Tape {
    private var nodes: [Node] = []

    func append(_ node: Node) {
        nodes.append(node)
    }

    /// Runs the derivatives from the last to the first. Each is dropped as soon as it has run, and with it whatever it
    /// kept of the forward pass.
    func runBackward() {
        while let node = nodes.popLast() {
            guard let derivative = node.derivative else { continue }
            node.derivative = nil
            if let gradient = node.gradient {
                node.gradient = nil
                derivative(gradient)
            }
        }
    }

    /// Forgets everything, when the computation ended early.
    func clear() {
        while let node = nodes.popLast() {
            node.derivative = nil
            node.gradient = nil
        }
    }
}

/// The place where the gradient of one tensor is collected.
///
/// Tensors are Sendable and may carry a node; a node is only used by the thread that differentiates.
final class Node: @unchecked Sendable {
    let tape: Tape
    let shape: Shape
    fileprivate(set) var gradient: Tensor?
    fileprivate var derivative: ((Tensor) -> Void)?

    /// A node for a tensor that was given, not computed.
    init(leafOn tape: Tape, shape: Shape) {
        self.tape = tape
        self.shape = shape
    }

    fileprivate init(tape: Tape, shape: Shape, derivative: @escaping (Tensor) -> Void) {
        self.tape = tape
        self.shape = shape
        self.derivative = derivative
        tape.append(self)
    }

    /// Adds to the gradient. The first to arrive is kept as it is, not copied.
    func add(_ contribution: Tensor) {
        guard var sum = gradient else {
            gradient = contribution.shape == shape ? contribution : Tensor(shape: shape, storage: contribution.storage)
            return
        }
        gradient = nil
        sum.makeUnique()
        sum.addInPlace(contribution, scale: 1)
        gradient = sum
    }

    /// Lets an operation write its contribution where it belongs, without a copy of its own.
    ///
    /// `body` receives the storage of the gradient and whether to add to what is there; otherwise it must write every
    /// element.
    func accumulate(_ body: (_ destination: Storage, _ adds: Bool) -> Void) {
        if var sum = gradient {
            gradient = nil
            sum.makeUnique()
            body(sum.storage, true)
            gradient = sum
        } else {
            let sum = Tensor(uninitialized: shape)
            body(sum.storage, false)
            gradient = sum
        }
    }

    /// The gradient that was collected; zeros where nothing depended on this tensor.
    func takeGradient() -> Tensor {
        defer { gradient = nil }
        return gradient ?? Tensor.zeros(shape)
    }
}

extension Tensor {
    /// Remembers how this tensor was computed, if any of the inputs is being differentiated.
    ///
    /// - Parameter derivative: receives the gradient of this tensor, and adds to the inputs' nodes.
    func recorded(on inputs: Node?..., derivative: @escaping (Tensor) -> Void) -> Tensor {
        guard let tape = inputs.lazy.compactMap({ $0?.tape }).first else { return self }
        var result = self
        result.node = Node(tape: tape, shape: shape, derivative: derivative)
        return result
    }
}
