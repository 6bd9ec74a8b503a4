/// How the elements of a tensor in a GGUF file are stored.
///
/// The format knows some forty types, in which elements stand alone or in blocks that share a scale. All are known by
/// name and size, so that any file can be opened; five are read and written.
///
/// - Source: the enumeration `ggml_type` of <https://github.com/ggml-org/ggml>.
public struct GGUFTensorType: Hashable, Sendable {
    /// The number of the type in files.
    public let number: UInt32
    /// The name, such as `Q8_0`.
    public let name: String
    /// How many elements a block has; 1 where each stands alone.
    public let blockWidth: Int
    /// The size of a block in bytes.
    public let blockByteCount: Int

    /// The type of this number, nil where the format has none.
    public init?(number: UInt32) {
        guard let (name, width, size) = Self.known[number] else { return nil }
        self.init(number: number, name: name, blockWidth: width, blockByteCount: size)
    }

    private init(number: UInt32, name: String, blockWidth: Int, blockByteCount: Int) {
        self.number = number
        self.name = name
        self.blockWidth = blockWidth
        self.blockByteCount = blockByteCount
    }

    /// Single precision.
    public static let float32 = GGUFTensorType(
        number: 0, name: "F32", blockWidth: 1, blockByteCount: 4)
    /// Half precision.
    public static let float16 = GGUFTensorType(
        number: 1, name: "F16", blockWidth: 1, blockByteCount: 2)
    /// The upper halves of single precision.
    public static let bfloat16 = GGUFTensorType(
        number: 30, name: "BF16", blockWidth: 1, blockByteCount: 2)
    /// Blocks of 32 elements: a half-precision scale, and 4 bits for each.
    public static let q4 = GGUFTensorType(
        number: 2, name: "Q4_0", blockWidth: 32, blockByteCount: 18)
    /// Blocks of 32 elements: a half-precision scale, and 8 bits for each.
    public static let q8 = GGUFTensorType(
        number: 8, name: "Q8_0", blockWidth: 32, blockByteCount: 34)

    /// The types that are read and written.
    public static let readable: [GGUFTensorType] = [.float32, .float16, .bfloat16, .q8, .q4]

    /// The size in bytes of as many elements, nil where they do not fill whole blocks or fit in an `Int`.
    func byteCount(of elements: Int) -> Int? {
        guard elements % blockWidth == 0 else { return nil }
        let size = (elements / blockWidth).multipliedReportingOverflow(by: blockByteCount)
        return size.overflow ? nil : size.partialValue
    }

    /// Name, block width and block size by number.
    private static let known: [UInt32: (String, Int, Int)] = [
        0: ("F32", 1, 4),
        1: ("F16", 1, 2),
        2: ("Q4_0", 32, 18),
        3: ("Q4_1", 32, 20),
        6: ("Q5_0", 32, 22),
        7: ("Q5_1", 32, 24),
        8: ("Q8_0", 32, 34),
        9: ("Q8_1", 32, 40),
        10: ("Q2_K", 256, 84),
        11: ("Q3_K", 256, 110),
        12: ("Q4_K", 256, 144),
        13: ("Q5_K", 256, 176),
        14: ("Q6_K", 256, 210),
        15: ("Q8_K", 256, 292),
        16: ("IQ2_XXS", 256, 66),
        17: ("IQ2_XS", 256, 74),
        18: ("IQ3_XXS", 256, 98),
        19: ("IQ1_S", 256, 50),
        20: ("IQ4_NL", 32, 18),
        21: ("IQ3_S", 256, 110),
        22: ("IQ2_S", 256, 82),
        23: ("IQ4_XS", 256, 136),
        24: ("I8", 1, 1),
        25: ("I16", 1, 2),
        26: ("I32", 1, 4),
        27: ("I64", 1, 8),
        28: ("F64", 1, 8),
        29: ("IQ1_M", 256, 56),
        30: ("BF16", 1, 2),
        34: ("TQ1_0", 256, 54),
        35: ("TQ2_0", 256, 66),
        39: ("MXFP4", 32, 17),
        40: ("NVFP4", 64, 36),
        41: ("Q1_0", 128, 18),
    ]
}
