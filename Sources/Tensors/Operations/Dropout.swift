internal import AttendKernels

extension Tensor {
    /// Zeroes each element with the given probability and divides the others by 1 − probability.
    ///
    /// - Parameter random: the stream that decides; the same stream drops the same elements.
    /// - Source: Srivastava et al. 2014.
    public func droppedOut(probability: Float, random: RandomStream) -> Tensor {
        if probability <= 0 { return self }
        let node = node
        return dropping(probability, random).recorded(on: node) { gradient in
            node?.add(gradient.dropping(probability, random))
        }
    }

    private func dropping(_ probability: Float, _ random: RandomStream) -> Tensor {
        let result = Tensor(uninitialized: shape)
        measured("dropout", floats: 2 * count) {
            parallelRanges(count, grain: elementwiseGrain / 2) { [self] begin, end in
                unsafe kernels.dropout(
                    random.kernelRandom, Int64(begin), Int64(end - begin), probability,
                    storage.pointer + begin,
                    result.storage.pointer + begin)
            }
        }
        return result
    }
}
