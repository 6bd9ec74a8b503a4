internal import AttendLayers

/// Sizes that a user asks for, whatever the family; nil where a configuration keeps its own.
public struct SizeOverrides: Hashable, Sendable {
    /// The longest sequence.
    public var contextLength: Int?
    /// How many blocks; of an encoder–decoder, in each of the two stacks.
    public var layerCount: Int?
    /// How many heads.
    public var headCount: Int?
    /// The width; the hidden width keeps its proportion to it.
    public var width: Int?
    /// The probability of dropout, on whatever the configuration drops.
    public var dropout: Float?

    /// Nothing is asked for.
    public init() {}
}

extension AnyConfiguration {
    /// The same configuration with these sizes.
    ///
    /// Heads keep their number where the width changes, and key-value heads their proportion to heads.
    public func applying(_ sizes: SizeOverrides) -> AnyConfiguration {
        func hidden(_ hidden: Int, _ width: Int) -> Int {
            guard let new = sizes.width, width > 0 else { return hidden }
            return max(hidden * new / width, 1)
        }
        func keyValueHeads(_ count: Int, _ headCount: Int) -> Int {
            guard let new = sizes.headCount, headCount > 0 else { return count }
            return max(count * new / headCount, 1)
        }
        switch self {
        case .gpt(var configuration):
            sizes.apply(
                &configuration.contextLength, &configuration.layerCount, &configuration.headCount)
            configuration.hiddenWidth = hidden(configuration.hiddenWidth, configuration.width)
            configuration.width = sizes.width ?? configuration.width
            configuration.dropout = sizes.dropout ?? configuration.dropout
            return .gpt(configuration)
        case .llama(var configuration):
            configuration.keyValueHeadCount = keyValueHeads(
                configuration.keyValueHeadCount, configuration.headCount)
            sizes.apply(
                &configuration.contextLength, &configuration.layerCount, &configuration.headCount)
            configuration.hiddenWidth = hidden(configuration.hiddenWidth, configuration.width)
            configuration.width = sizes.width ?? configuration.width
            if sizes.width != nil || sizes.headCount != nil {
                configuration.headWidth = configuration.width / max(configuration.headCount, 1)
            }
            configuration.dropout = sizes.dropout ?? configuration.dropout
            return .llama(configuration)
        case .gptOSS(var configuration):
            configuration.keyValueHeadCount = keyValueHeads(
                configuration.keyValueHeadCount, configuration.headCount)
            sizes.apply(
                &configuration.contextLength, &configuration.layerCount, &configuration.headCount)
            configuration.experts.hiddenWidth = hidden(
                configuration.experts.hiddenWidth, configuration.width)
            configuration.width = sizes.width ?? configuration.width
            if sizes.width != nil || sizes.headCount != nil {
                configuration.headWidth = configuration.width / max(configuration.headCount, 1)
            }
            return .gptOSS(configuration)
        case .encoderDecoder(var configuration):
            configuration.keyValueHeadCount = keyValueHeads(
                configuration.keyValueHeadCount, configuration.headCount)
            sizes.apply(
                &configuration.contextLength, &configuration.encoderLayerCount,
                &configuration.headCount)
            configuration.decoderLayerCount = sizes.layerCount ?? configuration.decoderLayerCount
            configuration.decoderHiddenWidth = configuration.decoderHiddenWidth.map {
                hidden($0, configuration.width)
            }
            configuration.hiddenWidth = hidden(configuration.hiddenWidth, configuration.width)
            configuration.width = sizes.width ?? configuration.width
            if sizes.width != nil || sizes.headCount != nil { configuration.headWidth = nil }
            if sizes.headCount != nil { configuration.decoderHeadCount = nil }
            configuration.dropout = sizes.dropout ?? configuration.dropout
            return .encoderDecoder(configuration)
        case .encoder(let configuration):
            return .encoder(configuration.applying(sizes))
        case .classifier(var configuration):
            configuration.encoder = configuration.encoder.applying(sizes)
            return .classifier(configuration)
        case .ladder(var configuration):
            var layerCount = 1
            sizes.apply(&configuration.contextLength, &layerCount, &configuration.headCount)
            configuration.width = sizes.width ?? configuration.width
            return .ladder(configuration)
        }
    }
}

extension SizeOverrides {
    fileprivate func apply(_ context: inout Int, _ layers: inout Int, _ heads: inout Int) {
        context = contextLength ?? context
        layers = layerCount ?? layers
        heads = headCount ?? heads
    }
}

extension BERT.Configuration {
    fileprivate func applying(_ sizes: SizeOverrides) -> Self {
        var result = self
        sizes.apply(&result.contextLength, &result.layerCount, &result.headCount)
        if let width = sizes.width {
            result.hiddenWidth = hiddenWidth * width / max(self.width, 1)
            result.width = width
        }
        result.dropout = sizes.dropout ?? dropout
        return result
    }
}
