internal import AttendKernels

/// What the keys and values of tokens that a model has read are kept in.
///
/// Where texts are long, or there are many, these take more memory than the weights, and each new token reads all of them.
public enum CacheFormat: String, CaseIterable, Codable, Sendable {
    /// As they were computed.
    case float32
    /// 8 significant bits: half of the memory.
    case bfloat16
    /// Blocks of 32 numbers of a head of 8 bits with a scale in half precision: 8.5 bits each; the last block of a head
    /// whose width is no multiple of 32 is filled up.
    case int8

    var element: AttendElement {
        switch self {
        case .float32: AttendFloat32
        case .bfloat16: AttendBFloat16
        case .int8: AttendInt8Blocks
        }
    }

    /// How many words of four bytes the heads of a token take.
    func wordCount(headCount: Int, headWidth: Int) -> Int {
        switch self {
        case .float32: headCount * headWidth
        case .bfloat16: (headCount * headWidth + 1) / 2
        case .int8: (headCount * ((headWidth + 31) / 32) * 34 + 3) / 4
        }
    }
}
