extension TemplateText {
    /// The text with every scalar replaced by what `body` makes of it, which keeps its mark.
    private func mapped(_ body: (Int, Unicode.Scalar) -> String) -> TemplateText {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        for (index, unit) in units.enumerated() {
            guard let scalar = Unicode.Scalar(Self.scalar(unit)) else { continue }
            let mark = unit & Self.foreignMark
            for new in body(index, scalar).unicodeScalars { result.append(new.value | mark) }
        }
        return TemplateText(units: result)
    }

    /// All letters as capitals, by Unicode's full mapping (`ß` becomes `SS`).
    var uppercased: TemplateText {
        mapped { _, scalar in scalar.properties.uppercaseMapping }
    }

    /// All letters small, with the final form of sigma at the ends of words.
    var lowercased: TemplateText {
        mapped { index, scalar in lowercase(scalar, at: index) }
    }

    /// The first letter as a capital, the others small.
    var capitalized: TemplateText {
        mapped { index, scalar in
            index == 0 ? scalar.properties.titlecaseMapping : lowercase(scalar, at: index)
        }
    }

    /// The first letter of each run of letters as a capital, the others small: Python's `title`.
    var titlecased: TemplateText {
        var followsLetter = false
        return mapped { index, scalar in
            defer { followsLetter = scalar.properties.isCased }
            return followsLetter
                ? lowercase(scalar, at: index) : scalar.properties.titlecaseMapping
        }
    }

    /// The first letter after each white space, hyphen or opening bracket as a capital, the others
    /// small: Jinja's filter `title`.
    var titledWords: TemplateText {
        var result = TemplateText()
        var word = TemplateText()
        func flush() {
            guard !word.isEmpty else { return }
            result.append(TemplateText(units: word.units[..<1]).uppercased)
            result.append(TemplateText(units: word.units[1...]).lowercased)
            word = TemplateText()
        }
        for unit in units {
            let scalar = Self.scalar(unit)
            if scalar.isPythonSpace
                || "-({[<".unicodeScalars.contains(where: { $0.value == scalar })
            {
                flush()
                result.append(TemplateText(units: [unit]))
            } else {
                word.append(TemplateText(units: [unit]))
            }
        }
        flush()
        return result
    }

    private func lowercase(_ scalar: Unicode.Scalar, at index: Int) -> String {
        if scalar == "\u{3A3}" { return isFinalSigma(at: index) ? "\u{3C2}" : "\u{3C3}" }
        return scalar.properties.lowercaseMapping
    }

    /// Whether a letter comes before but none after, leaving marks and the like aside.
    private func isFinalSigma(at index: Int) -> Bool {
        func isLetter(_ places: some Sequence<Int>) -> Bool {
            for place in places {
                guard let scalar = Unicode.Scalar(self[place]) else { return false }
                if !scalar.properties.isCaseIgnorable { return scalar.properties.isCased }
            }
            return false
        }
        return isLetter((0..<index).reversed()) && !isLetter(index + 1..<count)
    }

    /// Whether there is a letter with a case, and all that have one are such.
    func isAllCased(_ isSuch: (Unicode.Scalar.Properties) -> Bool) -> Bool {
        var hasLetter = false
        for index in 0..<count {
            guard let properties = Unicode.Scalar(self[index])?.properties else { continue }
            let isTitle = properties.generalCategory == .titlecaseLetter
            guard properties.isUppercase || properties.isLowercase || isTitle else { continue }
            if isTitle || !isSuch(properties) { return false }
            hasLetter = true
        }
        return hasLetter
    }

    /// Whether there are scalars and each of them is such.
    func isAll(_ isSuch: (Unicode.Scalar) -> Bool) -> Bool {
        !isEmpty
            && units.allSatisfy { unit in
                Unicode.Scalar(Self.scalar(unit)).map(isSuch) ?? false
            }
    }
}
