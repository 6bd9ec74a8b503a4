extension TemplateRenderer {
    /// Where a text stands in another, from left to right and without overlap.
    mutating func places(
        of part: TemplateText, in text: TemplateText, atMost limit: Int
    ) throws(ChatTemplateError) -> [Int] {
        var places: [Int] = []
        var start = 0
        while places.count < limit, let place = try firstIndex(of: part, in: text, from: start) {
            places.append(place)
            // Python finds the empty text before every character and at the end.
            start = place + max(1, part.count)
            if start > text.count { break }
        }
        try budget.spend(elements: places.count)
        return places
    }

    /// The text with one part of it replaced by another.
    mutating func replaced(
        _ text: TemplateText, _ old: TemplateText, by new: TemplateText, atMost limit: Int
    ) throws(ChatTemplateError) -> TemplateText {
        let places = try places(of: old, in: text, atMost: limit)
        guard !places.isEmpty else { return text }
        let (added, overflow) = places.count.multipliedReportingOverflow(by: new.count)
        let total = added.addingReportingOverflow(text.count)
        try budget.spend(characters: overflow || total.overflow ? .max : total.partialValue)
        var units: [UInt32] = []
        var end = 0
        for place in places {
            units += text.units[end..<place]
            units += new.units
            end = place + old.count
        }
        units += text.units[end...]
        return TemplateText(units: units)
    }

    /// The texts of values with a separator between them.
    mutating func joined(
        _ elements: [TemplateValue], by separator: TemplateText
    ) throws(ChatTemplateError) -> TemplateText {
        var result = TemplateText()
        for (index, element) in elements.enumerated() {
            let text = try text(of: element)
            try budget.spend(characters: text.count + separator.count)
            if index > 0 { result.append(separator) }
            result.append(text)
        }
        return result
    }

    /// The parts of a text between separators: `split` and `rsplit`.
    mutating func split(
        _ text: TemplateText, _ separator: TemplateValue?, _ limit: TemplateValue?, fromEnd: Bool
    ) throws(ChatTemplateError) -> TemplateValue {
        let limit = try countArgument(limit, "split")
        var parts: [ArraySlice<UInt32>]
        switch separator {
        case nil, TemplateValue.null?:
            parts = Self.words(of: text, atMost: limit, fromEnd: fromEnd)
        default:
            let separator = try textArgument(separator, "split")
            guard !separator.isEmpty else { throw budget.fault("splits a text at the empty text") }
            var places = try places(of: separator, in: text, atMost: fromEnd ? .max : limit)
            if fromEnd {
                // From the end, overlapping places are decided the other way round.
                places = try placesFromEnd(of: separator, in: text, atMost: limit)
            }
            parts = []
            var end = 0
            for place in places {
                parts.append(text.units[end..<place])
                end = place + separator.count
            }
            parts.append(text.units[end...])
        }
        try budget.spend(characters: text.count)
        return try sequence(.list, parts.map { .text(TemplateText(units: $0)) })
    }

    private mutating func placesFromEnd(
        of part: TemplateText, in text: TemplateText, atMost limit: Int
    ) throws(ChatTemplateError) -> [Int] {
        let places = try places(
            of: TemplateText(units: part.units.reversed()),
            in: TemplateText(units: text.units.reversed()), atMost: limit)
        return places.map { text.count - $0 - part.count }.reversed()
    }

    /// The parts of a text between white space.
    private static func words(of text: TemplateText, atMost limit: Int, fromEnd: Bool)
        -> [ArraySlice<UInt32>]
    {
        if fromEnd {
            let reversed = TemplateText(units: text.units.reversed())
            return words(of: reversed, atMost: limit, fromEnd: false).reversed().map {
                ArraySlice($0.reversed())
            }
        }
        var words: [ArraySlice<UInt32>] = []
        var index = 0
        while true {
            while index < text.count, text[index].isPythonSpace { index += 1 }
            guard index < text.count else { return words }
            let start = index
            if words.count == limit {
                words.append(text.units[start...])
                return words
            }
            while index < text.count, !text[index].isPythonSpace { index += 1 }
            words.append(text.units[start..<index])
        }
    }

    /// The lines of a text, by all ends of lines that Python knows.
    func lines(of text: TemplateText, keepsEnds: Bool) -> [TemplateText] {
        var lines: [TemplateText] = []
        var start = 0
        var index = 0
        while index < text.count {
            let scalar = text[index]
            switch scalar {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
                var end = index + 1
                if scalar == 0x0D, end < text.count, text[end] == 0x0A { end += 1 }
                lines.append(TemplateText(units: text.units[start..<(keepsEnds ? end : index)]))
                start = end
                index = end
            default: index += 1
            }
        }
        if start < text.count { lines.append(TemplateText(units: text.units[start...])) }
        return lines
    }
}
