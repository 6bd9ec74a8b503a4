internal import AttendKernels

/// Elements per piece of an elementwise operation: enough to outweigh handing it to another thread.
let elementwiseGrain = 1 << 14

extension Tensor {
    /// `self` + `scale` · `other`, in place; shapes must agree in number of elements.
    mutating func addInPlace(_ other: Tensor, scale: Float) {
        let sum = storage
        measured("sums", floats: 3 * count) {
            parallelRanges(count, grain: elementwiseGrain) { begin, end in
                unsafe kernels.combine(
                    Int64(end - begin), 1, sum.pointer + begin, scale,
                    other.storage.pointer + begin,
                    sum.pointer + begin)
            }
        }
    }

    /// a · x + b · y, without a derivative.
    static func combined(_ a: Float, _ x: Tensor, _ b: Float, _ y: Tensor) -> Tensor {
        let result = Tensor(uninitialized: x.shape)
        measured("sums", floats: 3 * x.count) {
            parallelRanges(x.count, grain: elementwiseGrain) { begin, end in
                unsafe kernels.combine(
                    Int64(end - begin), a, x.storage.pointer + begin, b, y.storage.pointer + begin,
                    result.storage.pointer + begin)
            }
        }
        return result
    }

    /// Each element, or the end of the range that it lies beyond, without a derivative; what is no number stays so.
    package func clamped(to range: ClosedRange<Float>) -> Tensor {
        let result = Tensor(uninitialized: shape)
        let (lower, upper) = (range.lowerBound, range.upperBound)
        parallelRanges(count, grain: elementwiseGrain) { [self] begin, end in
            for index in begin..<end {
                let x = unsafe storage.pointer[index]
                unsafe result.storage.pointer[index] = x < lower ? lower : x > upper ? upper : x
            }
        }
        return result
    }

    /// a · self + b, without a derivative.
    func mapped(times a: Float, plus b: Float) -> Tensor {
        let result = Tensor(uninitialized: shape)
        measured("elementwise", floats: 2 * count) {
            parallelRanges(count, grain: elementwiseGrain) { [self] begin, end in
                unsafe kernels.affine(
                    Int64(end - begin), a, storage.pointer + begin, b,
                    result.storage.pointer + begin)
            }
        }
        return result
    }

    /// self ∘ other for equal shapes, without a derivative.
    func multiplied(by other: Tensor) -> Tensor {
        let result = Tensor(uninitialized: shape)
        measured("elementwise", floats: 3 * count) {
            parallelRanges(count, grain: elementwiseGrain) { [self] begin, end in
                unsafe kernels.multiply(
                    Int64(end - begin), storage.pointer + begin, other.storage.pointer + begin,
                    result.storage.pointer + begin)
            }
        }
        return result
    }

    /// self ∘ other, where other's axes are the last of self's, without a derivative.
    func multipliedTrailing(by other: Tensor) -> Tensor {
        if other.shape == shape { return multiplied(by: other) }
        let result = Tensor(uninitialized: shape)
        let width = max(other.count, 1)
        parallelRanges(count / width, grain: max(elementwiseGrain / width, 1)) {
            [self] begin, end in
            unsafe kernels.multiplyTrailing(
                Int64(end - begin), Int64(width), storage.pointer + begin * width,
                other.storage.pointer,
                result.storage.pointer + begin * width)
        }
        return result
    }

    /// Sums over the leading axes, to a tensor of a trailing shape.
    func summed(to trailing: Shape) -> Tensor {
        trailing == shape ? self : columnSums(width: trailing.count).reshapedStorage(trailing)
    }

    func reshapedStorage(_ shape: Shape) -> Tensor {
        Tensor(shape: shape, storage: storage)
    }

    private static func checkTrailing(_ x: Tensor, _ y: Tensor, _ name: String) {
        if !y.shape.isSuffix(of: x.shape) {
            shapeError("\(name): shape \(y.shape) is not the last axes of \(x.shape)")
        }
    }

    /// The sum of two tensors; the second may have only the last axes of the first.
    public static func + (x: Tensor, y: Tensor) -> Tensor {
        if y.shape.rank > x.shape.rank { return y + x }
        checkTrailing(x, y, "+")
        let result: Tensor
        if x.shape == y.shape {
            result = combined(1, x, 1, y)
        } else {
            result = Tensor(uninitialized: x.shape)
            let width = max(y.count, 1)
            measured("sums", floats: 2 * x.count) {
                parallelRanges(x.count / width, grain: max(elementwiseGrain / width, 1)) {
                    begin, end in
                    unsafe kernels.addTrailing(
                        Int64(end - begin), Int64(width), x.storage.pointer + begin * width,
                        y.storage.pointer,
                        result.storage.pointer + begin * width)
                }
            }
        }
        let (xNode, yNode, yShape) = (x.node, y.node, y.shape)
        return result.recorded(on: xNode, yNode) { gradient in
            xNode?.add(gradient)
            yNode?.add(gradient.summed(to: yShape))
        }
    }

    /// The difference of two tensors of equal shape.
    public static func - (x: Tensor, y: Tensor) -> Tensor {
        if x.shape != y.shape { shapeError("-: shapes \(x.shape) and \(y.shape) differ") }
        let (xNode, yNode) = (x.node, y.node)
        return combined(1, x, -1, y).recorded(on: xNode, yNode) { gradient in
            xNode?.add(gradient)
            yNode?.add(gradient.mapped(times: -1, plus: 0))
        }
    }

    /// The product by elements; the second tensor may have only the last axes of the first.
    public static func * (x: Tensor, y: Tensor) -> Tensor {
        if y.shape.rank > x.shape.rank { return y * x }
        checkTrailing(x, y, "*")
        return x.multipliedTrailing(by: y).recorded(on: x.node, y.node) { gradient in
            x.node?.add(gradient.multipliedTrailing(by: y.detached()))
            y.node?.add(gradient.multiplied(by: x).summed(to: y.shape))
        }
    }

    /// A tensor plus a number.
    public static func + (x: Tensor, y: Float) -> Tensor {
        let node = x.node
        return x.mapped(times: 1, plus: y).recorded(on: node) { node?.add($0) }
    }

    /// A tensor minus a number.
    public static func - (x: Tensor, y: Float) -> Tensor {
        x + (-y)
    }

    /// A tensor times a number.
    public static func * (x: Tensor, y: Float) -> Tensor {
        let node = x.node
        return x.mapped(times: y, plus: 0).recorded(on: node) {
            node?.add($0.mapped(times: y, plus: 0))
        }
    }

    /// A tensor divided by a number.
    public static func / (x: Tensor, y: Float) -> Tensor {
        x * (1 / y)
    }
}
