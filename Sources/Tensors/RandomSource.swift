internal import AttendKernels

/// A numbered stream of random numbers, which can be read at any place.
///
/// Philox 4×32-10 (Salmon et al. 2011): a number depends on the seed, the stream and its place alone, not on what was
/// drawn before it, so that work divided among threads draws the same numbers.
public struct RandomStream: Hashable, Codable, Sendable {
    let seed: UInt64
    let stream: UInt64
    /// Whether tensors are only given their memory, whose contents are undefined.
    private var isBlank = false

    private enum CodingKeys: CodingKey {
        case seed, stream
    }

    /// The stream with this number under a seed.
    public init(seed: UInt64, stream: UInt64) {
        self.init(seed: seed, stream: stream, isBlank: false)
    }

    fileprivate init(seed: UInt64, stream: UInt64, isBlank: Bool) {
        self.seed = seed
        self.stream = stream
        self.isBlank = isBlank
    }

    var kernelRandom: AttendRandom { AttendRandom(seed: seed, stream: stream) }

    /// Uniform numbers in [0, 1).
    public func uniform(_ shape: Shape) -> Tensor {
        let result = Tensor(uninitialized: shape)
        if isBlank { return result }
        parallelRanges(shape.count, grain: elementwiseGrain) { begin, end in
            unsafe kernels.uniform(
                kernelRandom, Int64(begin), Int64(end - begin), result.storage.pointer + begin)
        }
        return result
    }

    /// Normally distributed numbers.
    public func normal(_ shape: Shape, mean: Float = 0, deviation: Float = 1) -> Tensor {
        let result = Tensor(uninitialized: shape)
        if isBlank { return result }
        parallelRanges(shape.count, grain: elementwiseGrain) { begin, end in
            unsafe kernels.normal(
                kernelRandom, Int64(begin), Int64(end - begin), mean, deviation,
                result.storage.pointer + begin)
        }
        return result
    }
}

/// Hands out random streams and numbers, one after the other, from a seed.
///
/// Its whole state is two numbers, so that a training run can be resumed where it stopped.
public struct RandomSource: Hashable, Codable, Sendable, RandomNumberGenerator {
    private let seed: UInt64
    private var nextStream: UInt64 = 0
    private var isBlank = false

    private enum CodingKeys: CodingKey {
        case seed, nextStream
    }

    /// A source whose tensors are only given their memory, for weights that will be read from a file.
    ///
    /// What they hold is undefined: whoever makes a model of them has to write every element. Large ones cost nothing
    /// until then, because the system maps their memory when it is first touched.
    package static var blank: RandomSource {
        var source = RandomSource(seed: 0)
        source.isBlank = true
        return source
    }

    /// A source that always gives the same streams for the same seed.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// A stream that no one else has.
    public mutating func stream() -> RandomStream {
        defer { nextStream += 1 }
        return RandomStream(seed: seed, stream: nextStream, isBlank: isBlank)
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        let source = stream().kernelRandom
        var words = [Float](repeating: 0, count: 4)
        unsafe kernels.uniform(source, 0, 4, &words)
        // A uniform float carries 24 random bits.
        return words.reduce(0) { $0 << 16 ^ UInt64($1 * 16_777_216) }
    }

    /// A number in [0, 1).
    public mutating func uniform() -> Float {
        var word: Float = 0
        unsafe kernels.uniform(stream().kernelRandom, 0, 1, &word)
        return word
    }
}
