import AttendTensors
import Testing

/// Numbers that look random, the same in every run.
func numbers(_ count: Int, seed: UInt64 = 1, in range: ClosedRange<Float> = -2...2) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Float(state >> 40) / 16_777_216
            * (range.upperBound - range.lowerBound)
    }
}

func tensor(_ shape: Shape, seed: UInt64 = 1, in range: ClosedRange<Float> = -2...2) -> Tensor {
    Tensor(numbers(shape.count, seed: seed, in: range), shape: shape)
}

extension Tensor {
    var doubles: [Double] { elements.map { Double($0) } }
    var bits: [UInt32] { elements.map(\.bitPattern) }

    /// Σ self ∘ weights, for weights that look random: what the tests differentiate.
    func weighted(seed: UInt64 = 77) -> Tensor { (self * tensor(shape, seed: seed)).sum() }
}

/// Fails at the first element further from what is wanted than `tolerance` times the largest (but at least 1).
func expectClose(
    _ found: [Float], _ wanted: [Double], tolerance: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == wanted.count, "\(what)", sourceLocation: sourceLocation)
    let size = wanted.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    for (place, (x, y)) in zip(found, wanted).enumerated() {
        if Double(x) == y || abs(Double(x) - y) <= tolerance * size { continue }
        Issue.record(
            "\(what)[\(place)] is \(x), wanted \(y)", sourceLocation: sourceLocation)
        return
    }
}

/// Holds an operation to a function of Doubles: its value, and its derivative to central differences of that function.
///
/// Where an input has many elements, the derivative is compared at some of them.
func expectOperation(
    on shapes: [Shape], in range: ClosedRange<Float> = -2...2, tolerance: Double = 2e-5,
    _ operation: ([Tensor]) -> Tensor, is reference: ([[Double]]) -> [Double],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let inputs = shapes.enumerated().map { tensor($1, seed: UInt64($0 + 1), in: range) }
    let doubles = inputs.map(\.doubles)
    let value = operation(inputs)
    let wanted = reference(doubles)
    expectClose(
        value.elements, wanted, tolerance: tolerance, "value on \(shapes)",
        sourceLocation: sourceLocation)

    let (watched, gradients) = valueWithGradients(of: inputs) { operation($0).weighted() }
    let weights = tensor(value.shape, seed: 77).doubles
    func scalar(_ inputs: [[Double]]) -> Double {
        zip(reference(inputs), weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    expectClose(
        [watched], [scalar(doubles)], tolerance: tolerance * 4, "watched value on \(shapes)",
        sourceLocation: sourceLocation)
    for (input, gradient) in gradients.enumerated() {
        #expect(gradient.shape == shapes[input], sourceLocation: sourceLocation)
        let count = shapes[input].count
        let places = count <= 48 ? Array(0..<count) : (0..<48).map { $0 * (count - 1) / 47 }
        let elements = gradient.elements
        let step = 1e-5
        let differences = places.map { place in
            var (above, below) = (doubles, doubles)
            above[input][place] += step
            below[input][place] -= step
            return (scalar(above) - scalar(below)) / (2 * step)
        }
        expectClose(
            places.map { elements[$0] }, differences, tolerance: tolerance * 2,
            "gradient \(input) on \(shapes) at \(places)", sourceLocation: sourceLocation)
    }
}

/// The rows of a matrix of this width.
func rows(_ x: [Double], _ width: Int) -> [ArraySlice<Double>] {
    stride(from: 0, to: x.count, by: max(width, 1)).map { x[$0..<$0 + width] }
}

/// A B by the definition.
func product(
    _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int,
    transposingRight: Bool = false
) -> [Double] {
    (0..<rows * columns).map { place in
        let (row, column) = (place / columns, place % columns)
        return (0..<inner).reduce(0) {
            $0 + a[row * inner + $1]
                * b[transposingRight ? column * inner + $1 : $1 * columns + column]
        }
    }
}

/// Where every operation's suite lives, so that one filter finds them all.
@Suite struct Operations {}
