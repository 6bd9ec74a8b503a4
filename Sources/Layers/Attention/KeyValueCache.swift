internal import AttendTensors

/// The keys and values that one attention layer has seen, so that a new token need not make them again.
public struct KeyValueCache: Sendable {
    /// `[batch, capacity, width]`; the first `count` tokens are filled.
    private var keys: Tensor
    private var values: Tensor

    /// How many tokens are held.
    public private(set) var count = 0

    /// An empty cache for up to `capacity` tokens.
    public init(batch: Int, capacity: Int, width: Int) {
        keys = .zeros([batch, capacity, width])
        values = .zeros([batch, capacity, width])
    }

    /// How many tokens fit.
    public var capacity: Int { keys.shape[1] }

    /// Appends tokens from a packed projection `[batch, tokens, 3 · width]` and attends to all that is held.
    mutating func attend(_ packed: Tensor, options: AttentionOptions) -> Tensor {
        let tokens = packed.shape[1]
        if count + tokens > capacity {
            shapeError("a key-value cache for \(capacity) tokens cannot hold \(count + tokens)")
        }
        let output = packed.attendCached(
            keys: &keys, values: &values, held: count, options: options)
        count += tokens
        return output
    }
}
