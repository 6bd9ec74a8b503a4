/// A visible character for each byte, so that a vocabulary of bytes can be stored as text.
///
/// The 188 bytes that are visible in Latin-1 stand for themselves; the others are U+0100 and those
/// after it, in their order. A space becomes Ġ, a line feed Ċ.
///
/// - Source: GPT-2's `bytes_to_unicode`; the ByteLevel alphabet of Hugging Face tokenizers.
package enum ByteAlphabet {
    /// The character of each byte.
    package static let scalars: [Unicode.Scalar] = {
        var hidden: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
                return Unicode.Scalar(byte)
            default:
                defer { hidden += 1 }
                return Unicode.Scalar(hidden)!
            }
        }
    }()

    /// The bytes in the order of their characters.
    static let order = (UInt8.min...UInt8.max).sorted { scalars[Int($0)] < scalars[Int($1)] }

    private static let bytes = [Unicode.Scalar: UInt8](
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    /// The characters that stand for bytes.
    package static func text(of bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalars[Int(byte)]) }
        return String(text)
    }

    /// The bytes that the characters of a text stand for; nil where one stands for none.
    package static func bytes(of text: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
