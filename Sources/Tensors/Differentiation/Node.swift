internal import Synchronization

/// What has been computed while someone differentiates, in order.
final class Tape {
    private enum Stage {
        case recording, paused, running, finished
    }

    private static let made = Atomic<Int>(0)

    private var nodes: [Node] = []
    private var stage = Stage.recording

    /// Where one differentiation runs inside of another, the inner one has the higher number.
    let number = made.add(1, ordering: .relaxed).newValue

    /// Whether operations are still to be remembered.
    ///
    /// A tensor may outlive the differentiation that it was made in, and is a constant from then
    /// on.
    var isRecording: Bool { stage == .recording }

    /// Whether gradients are collected: only while this tape runs, so that the derivatives of an inner tape leave alone
    /// the nodes of an outer one, for which the inner value is a constant.
    var isRunning: Bool { stage == .running }

    func append(_ node: Node) {
        nodes.append(node)
    }

    /// Runs the derivatives from the last to the first, beginning with the gradient 1 of `result`.
    ///
    /// Each is dropped as soon as it has run, and with it whatever it kept of the forward pass.
    func runBackward(from result: Node) {
        stage = .running
        defer { stage = .finished }
        result.add(Tensor(repeating: 1, shape: result.shape))
        while let node = nodes.popLast() {
            guard let derivative = node.derivative else { continue }
            node.derivative = nil
            if let gradient = node.gradient {
                node.gradient = nil
                derivative(gradient)
            }
        }
    }

    /// Computes something without remembering how.
    func withoutRecording<Result>(_ body: () -> Result) -> Result {
        stage = .paused
        defer { stage = .recording }
        return body()
    }

    /// Computes something again in the middle of the backward pass and remembers how; what it appends is run next.
    func recordingAgain<Result>(_ body: () -> Result) -> Result {
        stage = .recording
        defer { stage = .running }
        return body()
    }

    /// Forgets everything, when the computation ended early or its value depends on nothing.
    func clear() {
        stage = .finished
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

    init(tape: Tape, shape: Shape, derivative: @escaping (Tensor) -> Void) {
        self.tape = tape
        self.shape = shape
        self.derivative = derivative
        tape.append(self)
    }

    /// Adds to the gradient.
    ///
    /// The first to arrive is kept as it is, not copied.
    func add(_ contribution: Tensor) {
        if !tape.isRunning { return }
        guard var sum = gradient else {
            gradient =
                contribution.shape == shape
                ? contribution : Tensor(shape: shape, storage: contribution.storage)
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
        if !tape.isRunning { return }
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
        var innermost: Tape?
        for case let input? in inputs where input.tape.isRecording {
            if input.tape.number > innermost?.number ?? 0 { innermost = input.tape }
        }
        guard let tape = innermost else { return self }
        var result = self
        result.node = Node(tape: tape, shape: shape, derivative: derivative)
        return result
    }
}
