internal import AttendTensors
internal import AttendText

/// A tensor of another program's file that repeats one which the model has already, such as a head that is the table of tokens.
///
/// Files are not expected to have it. Where they do, what it holds is compared: a copy that is none would change the model.
package struct SharedTensor: Hashable, Sendable {
    /// The copy's name in the file.
    package let name: String
    /// The name of the tensor that it repeats.
    package let original: String
    /// The most that the two may differ by, as a share of the root mean square; more than 0 where a file may round each
    /// in its own way.
    package let tolerance: Double

    /// A copy, which is exact unless told otherwise.
    package init(_ name: String, of original: String, tolerance: Double = 0) {
        self.name = name
        self.original = original
        self.tolerance = tolerance
    }

    /// What is wrong with the copy in a file that has it, as a sentence without its end; nil where nothing is.
    func problem(in source: any TensorSource) throws -> String? {
        let shape = try source.shape(of: name)
        guard try shape == source.shape(of: original), try isCopy(of: shape, in: source) else {
            return
                "\(name.legible) differs from \(original.legible), and the model has one tensor for both"
        }
        return nil
    }

    private func isCopy(of shape: [Int], in source: any TensorSource) throws -> Bool {
        let count = shape.reduce(1, *)
        var (difference, size) = (0.0, 0.0)
        for start in stride(from: 0, to: count, by: TensorSlice.size) {
            let elements = start..<min(start + TensorSlice.size, count)
            let found = try unsafe StoredElements.withScratch(elements.count) { copy in
                try unsafe StoredElements.withScratch(elements.count) { original in
                    unsafe try source.readFloats(name, elements: elements, into: copy)
                    unsafe try source.readFloats(self.original, elements: elements, into: original)
                    return unsafe sums(UnsafeBufferPointer(copy), UnsafeBufferPointer(original))
                }
            }
            if tolerance == 0, found.difference > 0 { return false }
            difference += found.difference
            size += found.size
        }
        // Where both hold the same numbers that are none, their size is none either.
        return difference == 0 || difference <= tolerance * tolerance * size
    }

    /// The sums of the squared differences and of the originals' squares; equal bits differ by nothing, whatever they are.
    private func sums(
        _ copy: UnsafeBufferPointer<Float>, _ original: UnsafeBufferPointer<Float>
    ) -> (difference: Double, size: Double) {
        var sums = (difference: 0.0, size: 0.0)
        for place in original.indices {
            let (copy, original) = unsafe (copy[place], original[place])
            sums.size += Double(original) * Double(original)
            if copy.bitPattern == original.bitPattern { continue }
            let difference = Double(copy) - Double(original)
            // What is no number on one side alone is as different as can be.
            sums.difference += difference.isNaN ? .infinity : difference * difference
        }
        return sums
    }

    /// The same with its names changed.
    func renamed(_ rename: (String) -> String) -> SharedTensor {
        SharedTensor(rename(name), of: rename(original), tolerance: tolerance)
    }
}
