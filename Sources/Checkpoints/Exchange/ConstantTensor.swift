internal import AttendTensors
internal import Foundation

/// A tensor of another program's file that depends on nothing but its shape.
package struct ConstantTensor: Hashable, Sendable {
    /// What it holds.
    package enum Contents: Hashable, Sendable {
        /// Elements that are all this one.
        case equal(Float)
        /// For each place a row of sines and then of cosines, as in `MarianSinusoidalPositionalEmbedding`.
        case sines
    }

    /// The tensor's name in the file.
    package let name: String
    /// The tensor's dimensions.
    package let shape: [Int]
    /// What it holds.
    package let contents: Contents

    /// A tensor of equal elements, zeros unless told otherwise.
    package init(_ name: String, _ shape: [Int], value: Float = 0) {
        self.init(name, shape, contents: .equal(value))
    }

    /// A tensor with these contents; that of sines has the dimensions `[places, width]`.
    package init(_ name: String, _ shape: [Int], contents: Contents) {
        self.name = name
        self.shape = shape
        self.contents = contents
    }

    /// The same tensor under another name.
    func renamed(_ name: String) -> ConstantTensor {
        ConstantTensor(name, shape, contents: contents)
    }

    /// Some rows of the tensor as a matrix, in row-major order.
    func elements(ofRows rows: Range<Int>) -> [Float] {
        let width = shape.dropFirst().reduce(1, *)
        switch contents {
        case .equal(let value): return [Float](repeating: value, count: rows.count * width)
        case .sines:
            let sineCount = (width + 1) / 2
            let frequencies = (0..<sineCount).map { pow(10000, -2 * Double($0) / Double(width)) }
            return rows.flatMap { place in
                (0..<width).map { column in
                    column < sineCount
                        ? Float(sin(Double(place) * frequencies[column]))
                        : Float(cos(Double(place) * frequencies[column - sineCount]))
                }
            }
        }
    }

    /// How many rows the tensor has as a matrix.
    var rowCount: Int { shape.first ?? 1 }

    /// Whether a file holds this; nil where the tensor is one that no file should have.
    func isWhatFileHolds(_ source: any TensorSource) throws -> Bool? {
        guard contents == .sines else { return nil }
        guard try source.shape(of: name) == shape else { return false }
        let width = shape.dropFirst().reduce(1, *)
        let step = max(TensorSlice.size / max(width, 1), 1)
        for start in stride(from: 0, to: rowCount, by: step) {
            let rows = start..<min(start + step, rowCount)
            let expected = elements(ofRows: rows)
            let isEqual = try unsafe StoredElements.withScratch(expected.count) { found in
                unsafe try source.readFloats(
                    name, elements: rows.lowerBound * width..<rows.upperBound * width, into: found)
                // Half precision is permitted; what is not a number is not near.
                return unsafe zip(found, expected).allSatisfy { abs($0 - $1) <= 0.01 }
            }
            if !isEqual { return false }
        }
        return true
    }
}
