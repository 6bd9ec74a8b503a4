public import AttendLayers
public import AttendModels
public import AttendTensors

/// A fixed amount of reading and writing by a GPT of random weights, to be timed beside the same work in other programs.
public struct DecodingWorkload: Sendable {
    /// Its name: W5.
    public let name: String
    /// The model.
    public let configuration: GPT.Configuration
    /// How many tokens are read before writing begins.
    public let startLength: Int
    /// How many tokens are written, each the likeliest.
    public let decodedCount: Int
    /// How many tokens the prompt has that is read at once.
    public let prefillLength: Int

    /// The shape of GPT-2 124M: 128 tokens after 16, and a prompt of 512.
    public static let gpt2 = DecodingWorkload(
        name: "W5",
        configuration: GPT.Configuration(
            vocabularySize: 50257, contextLength: 1024, layerCount: 12, headCount: 12, width: 768),
        startLength: 16, decodedCount: 128, prefillLength: 512)

    /// What a timed workload shows.
    public struct Result: Sendable {
        /// Tokens written a second, one sequence alone.
        public let decodeTokensPerSecond: Double
        /// Tokens of the prompt read a second.
        public let prefillTokensPerSecond: Double
        /// How many bytes the weights take.
        public let weightBytes: Int
        /// Billions of bytes of weights read a second while writing.
        public let decodeGigabytesPerSecond: Double
    }

    /// Writes and reads once each, after a little of both that is not counted.
    ///
    /// - Parameter cacheFormat: what keys and values are kept in.
    public func run(
        seed: UInt64, precision: InferencePrecision, cacheFormat: CacheFormat = .float32
    ) -> Result {
        var random = RandomSource(seed: seed)
        let exact = GPT(configuration, random: &random)
        var model = precision.format.map { exact.storingWeights(as: $0) } ?? exact
        model.cacheFormat = cacheFormat
        let clock = ContinuousClock()

        var caches = model.makeCaches(batch: 1, capacity: startLength + decodedCount + 8)
        let start = (0..<startLength).map { Int32(100 + $0) }
        var token = model.nextLogits(start, caches: &caches).largest(1)[0][0].index
        for _ in 0..<4 { token = model.nextLogits([token], caches: &caches).largest(1)[0][0].index }
        let decoding = clock.measure {
            for _ in 0..<decodedCount {
                token = model.nextLogits([token], caches: &caches).largest(1)[0][0].index
            }
        }

        let prompt = (0..<prefillLength).map { Int32($0) }
        func read() {
            var caches = model.makeCaches(batch: 1, capacity: prefillLength)
            _ = model.nextLogits(prompt, caches: &caches)
        }
        read()
        let reading = (0..<3).map { _ in clock.measure(read) }.sorted()[1]

        let decode = Double(decodedCount) / (decoding / .seconds(1))
        // A step reads one row of the table of places.
        let bytes = model.parameterBytes
        let placesBytes = configuration.contextLength * configuration.width * 4
        return Result(
            decodeTokensPerSecond: decode,
            prefillTokensPerSecond: Double(prefillLength) / (reading / .seconds(1)),
            weightBytes: bytes, decodeGigabytesPerSecond: Double(bytes - placesBytes) * decode / 1e9
        )
    }
}
