/// Which part of a text is its answer, in the form in which answers are compared.
public enum AnswerRule: Hashable, Sendable {
    /// What follows the last occurrence of a marker, up to the end of the line, without space around it and without the full
    /// stop of a sentence.
    case after(String)
    /// The last decimal number, without commas between its digits and without zeros that mean nothing: 1,250.50 is 1250.5.
    case lastNumber

    /// The answer; nil where the text has none.
    public func answer(in text: String) -> String? {
        switch self {
        case .after(let marker): Self.answer(in: text, after: marker)
        case .lastNumber: Self.lastNumber(in: Array(text.utf8))
        }
    }

    private static func answer(in text: String, after marker: String) -> String? {
        guard let place = text.ranges(of: marker).last else { return nil }
        let line = text[place.upperBound...].prefix { !$0.isNewline }
        var answer = line.drop { $0.isWhitespace }
        func trim() {
            while answer.last?.isWhitespace ?? false { answer.removeLast() }
        }
        trim()
        if answer.last == "." { answer.removeLast() }
        trim()
        return answer.isEmpty ? nil : String(answer)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func lastNumber(in text: [UInt8]) -> String? {
        var last: String?
        var place = 0
        func count(from place: Int) -> Int {
            text[min(place, text.count)...].prefix(while: isDigit).count
        }
        while place < text.count {
            guard isDigit(text[place]) else {
                place += 1
                continue
            }
            let isNegative = isMinus(before: place, in: text)
            var (digits, fraction) = ([UInt8](), [UInt8]())
            func take(_ count: Int) {
                digits += text[place..<place + count]
                place += count
            }
            let first = count(from: place)
            take(first)
            while first <= 3, place < text.count, text[place] == UInt8(ascii: ","),
                count(from: place + 1) == 3
            {
                place += 1
                take(3)
            }
            if place < text.count, text[place] == UInt8(ascii: ".") {
                let decimals = count(from: place + 1)
                fraction = Array(text[place + 1..<place + 1 + decimals])
                if decimals > 0 { place += 1 + decimals }
            }
            last = plain(digits, fraction, isNegative: isNegative)
        }
        return last
    }

    /// Whether a minus stands before a number rather than a hyphen between words.
    private static func isMinus(before place: Int, in text: [UInt8]) -> Bool {
        guard place > 0, text[place - 1] == UInt8(ascii: "-") else { return false }
        guard place > 1 else { return true }
        let scalar = Unicode.Scalar(text[place - 2])
        return scalar.isASCII && !isDigit(text[place - 2]) && !scalar.properties.isAlphabetic
            && scalar != "-"
    }

    private static func plain(_ digits: [UInt8], _ fraction: [UInt8], isNegative: Bool) -> String {
        let zero = UInt8(ascii: "0")
        var whole = Array(digits.drop { $0 == zero })
        if whole.isEmpty { whole = [zero] }
        var fraction = fraction
        while fraction.last == zero { fraction.removeLast() }
        let number =
            String(decoding: whole, as: UTF8.self)
            + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
        return isNegative && number != "0" ? "-" + number : number
    }
}
