/// A function's value and its derivative with respect to each of the tensors.
///
/// The derivative is found by running the function once, remembering each operation, and then running the derivatives of
/// the operations backwards (reverse-mode differentiation; Linnainmaa 1970). One differentiation may run inside of
/// another, which sees its value and its gradients as constants.
///
/// - Parameters:
///   - tensors: what to differentiate with respect to.
///   - watch: shown every operation, forward and backward.
///   - function: must return a tensor of one element.
/// - Returns: the value, and a gradient of the shape of each tensor.
public func valueWithGradients(
    of tensors: [Tensor], watch: AnomalyWatch? = nil, _ function: ([Tensor]) throws -> Tensor
) rethrows -> (value: Float, gradients: [Tensor]) {
    let tape = Tape(watch: watch)
    let nodes = tensors.map { Node(leafOn: tape, shape: $0.shape) }
    let value: Tensor
    do {
        value = try function(
            zip(tensors, nodes).map { Tensor(shape: $0.shape, storage: $0.storage, node: $1) })
    } catch {
        tape.clear()
        throw error
    }
    if value.count != 1 {
        shapeError(
            "a function to differentiate must return one number, not a tensor of shape \(value.shape)"
        )
    }
    if let node = value.node, node.tape === tape {
        tape.runBackward(from: node)
    } else {
        tape.clear()
    }
    return (value.item(), nodes.map { $0.takeGradient() })
}
