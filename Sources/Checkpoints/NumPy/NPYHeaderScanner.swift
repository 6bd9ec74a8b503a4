internal import AttendText

/// Reads the dictionary of a `.npy` header: strings, truth values and tuples of whole numbers.
///
/// NumPy evaluates it as Python source; here nothing else is understood, so nothing can be run.
struct NPYHeaderScanner {
    struct Fault: Error {
        let sentence: String
        var isUnsupported = false
    }

    private let text: [UInt8]
    private var offset = 0

    /// The most dimensions that an array has; NumPy's own limit.
    static let mostDimensions = 64

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func header() throws(Fault) -> NPYHeader {
        var type: ElementType?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !skip("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where type == nil: type = try elementType()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try truth()
            case "shape" where shape == nil: shape = try dimensions()
            default:
                throw Fault(
                    sentence:
                        "has a header with the key \(key.quoted), which is unknown or there twice")
            }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        guard peek() == nil else { throw found(insteadOf: "the end of the header") }
        guard let type, let isFortranOrder, let shape else {
            throw Fault(
                sentence:
                    "has a header without one of descr, fortran_order and shape; write it again")
        }
        return NPYHeader(type: type, isFortranOrder: isFortranOrder, shape: shape)
    }

    private mutating func elementType() throws(Fault) -> ElementType {
        if peek() == UInt8(ascii: "[") {
            throw Fault(
                sentence: "holds records of several fields; save each field as an array of its own",
                isUnsupported: true)
        }
        let name = try string()
        if let type = ElementType(numPyName: name) { return type }
        let rest = name.drop { "<>|=".contains($0) }
        if rest.hasPrefix("O") {
            throw Fault(
                sentence: "holds Python objects, which could run code; save numbers instead",
                isUnsupported: true)
        }
        if name.hasPrefix(">") {
            throw Fault(
                sentence:
                    "holds numbers with the largest byte first (\(name.quoted)); save it with "
                    + "astype('<\(String(rest).legible)')",
                isUnsupported: true)
        }
        let known = ElementType.allCases.filter { $0 != .bfloat16 }.map(\.numPyName)
        throw Fault(
            sentence: "holds elements of type \(name.quoted) where one of "
                + "\(known.joined(separator: ", ")) is read; save it with astype",
            isUnsupported: true)
    }

    private mutating func truth() throws(Fault) -> Bool {
        if skip("True") { return true }
        try expect("False")
        return false
    }

    private mutating func dimensions() throws(Fault) -> [Int] {
        var dimensions: [Int] = []
        try expect("(")
        while !skip(")") {
            guard dimensions.count < Self.mostDimensions else {
                throw Fault(sentence: "has more than \(Self.mostDimensions) dimensions")
            }
            dimensions.append(try number())
            if !skip(",") {
                // In Python, (3) is a number and no tuple.
                guard dimensions.count > 1 else { throw found(insteadOf: "“,”") }
                try expect(")")
                break
            }
        }
        return dimensions
    }

    private mutating func number() throws(Fault) -> Int {
        _ = peek()
        let start = offset
        while offset < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[offset]) {
            offset += 1
        }
        guard let value = Int(String(decoding: text[start..<offset], as: UTF8.self)) else {
            offset = start
            throw found(insteadOf: "a whole number that is not negative")
        }
        return value
    }

    private mutating func string() throws(Fault) -> String {
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw found(insteadOf: "a string")
        }
        let start = offset + 1
        guard let end = text[start...].firstIndex(of: quote) else {
            throw Fault(sentence: "has a string in its header that does not end; write it again")
        }
        offset = end + 1
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    private mutating func peek() -> UInt8? {
        while offset < text.count {
            switch text[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        let word = "\(word)".utf8
        guard peek() != nil, text[offset...].starts(with: word) else { return false }
        offset += word.count
        return true
    }

    private mutating func expect(_ word: StaticString) throws(Fault) {
        if !skip(word) { throw found(insteadOf: "“\(word)”") }
    }

    private func found(insteadOf expected: String) -> Fault {
        let rest = text[min(offset, text.count)...].prefix(12)
        let words = rest.isEmpty ? "ends" : "has \(String(decoding: rest, as: UTF8.self).quoted)"
        return Fault(
            sentence: "has a header that \(words) where \(expected) is needed; write it again")
    }
}
