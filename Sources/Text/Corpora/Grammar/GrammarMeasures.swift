// What can be computed exactly from a grammar, by recursion over its phrases.

extension Grammar {
    /// The entropy of the choice of a derivation, in nats.
    ///
    /// All draws are independent, so that the chain rule is a plain sum: the features' entropies, and
    /// for each choice its own entropy plus the mean of those of its phrases. Where the grammar is
    /// unambiguous (each text has one derivation) this is the entropy of the text.
    package var entropy: Double {
        features.reduce(entropy(of: phrase)) { $0 - $1.logProbability }
    }

    private func entropy(of phrase: Phrase) -> Double {
        switch phrase {
        case .text, .form:
            return 0
        case .sequence(let phrases):
            return phrases.reduce(0) { $0 + entropy(of: $1) }
        case .choice(let choice):
            return choice.phrases.indices.reduce(0) { sum, index in
                let probability = Double(choice.weights[index]) / Double(choice.total)
                let inner = entropy(of: choice.phrases[index])
                return sum + probability * (inner - choice.logProbability(of: index))
            }
        }
    }

    /// The mean number of characters (Unicode scalars) of a text.
    package var expectedLength: Double { expectedLength(of: phrase) }

    private func expectedLength(of phrase: Phrase) -> Double {
        switch phrase {
        case .text(let text):
            return Double(text.unicodeScalars.count)
        case .sequence(let phrases):
            return phrases.reduce(0) { $0 + expectedLength(of: $1) }
        case .choice(let choice):
            return choice.phrases.indices.reduce(0) { sum, index in
                let probability = Double(choice.weights[index]) / Double(choice.total)
                return sum + probability * expectedLength(of: choice.phrases[index])
            }
        case .form(let feature, let form):
            let options = features[feature].options
            let sum = options.reduce(0) { $0 + $1[form].unicodeScalars.count }
            return Double(sum) / Double(options.count)
        }
    }

    /// The lengths of the shortest and the longest text, in characters (Unicode scalars).
    ///
    /// A form's length depends on an option that other phrases share, so the extremes of the parts do
    /// not simply add up. But they do once it is known which forms are used how often: for every such
    /// usage that can occur, the rest has a shortest and a longest length, and each feature its own
    /// best option.
    package var lengths: ClosedRange<Int> {
        var bounds: ClosedRange<Int>?
        for (usage, rest) in usages(of: phrase) {
            var (shortest, longest) = (rest.lowerBound, rest.upperBound)
            for (index, feature) in features.enumerated() {
                let lengths = feature.options.map { option in
                    option.indices.reduce(0) { sum, form in
                        sum + option[form].unicodeScalars.count
                            * usage[FormKey(index, form), default: 0]
                    }
                }
                shortest += lengths.min()!
                longest += lengths.max()!
            }
            bounds = union(bounds, shortest...longest)
        }
        return bounds!
    }

    /// A form of a feature.
    private struct FormKey: Hashable {
        let feature: Int
        let form: Int

        init(_ feature: Int, _ form: Int) { (self.feature, self.form) = (feature, form) }
    }

    /// How often each form is used.
    private typealias Usage = [FormKey: Int]

    /// Every usage of forms that can occur, with the lengths that all else can have beside it.
    private func usages(of phrase: Phrase) -> [Usage: ClosedRange<Int>] {
        switch phrase {
        case .text(let text):
            let length = text.unicodeScalars.count
            return [[:]: length...length]
        case .form(let feature, let form):
            return [[FormKey(feature, form): 1]: 0...0]
        case .sequence(let phrases):
            return phrases.reduce([[:]: 0...0]) { sums, phrase in
                var joined: [Usage: ClosedRange<Int>] = [:]
                let next = usages(of: phrase)
                for (usage, range) in sums {
                    for (other, otherRange) in next {
                        let key = usage.merging(other, uniquingKeysWith: +)
                        let low = range.lowerBound + otherRange.lowerBound
                        let high = range.upperBound + otherRange.upperBound
                        joined[key] = union(joined[key], low...high)
                    }
                }
                return joined
            }
        case .choice(let choice):
            return choice.phrases.reduce(into: [:]) { all, phrase in
                for (usage, range) in usages(of: phrase) { all[usage] = union(all[usage], range) }
            }
        }
    }

    /// Every character that a text may hold, in ascending order of code points.
    package var characters: [Unicode.Scalar] {
        var scalars: Set<Unicode.Scalar> = []
        func collect(_ phrase: Phrase) {
            switch phrase {
            case .text(let text): scalars.formUnion(text.unicodeScalars)
            case .sequence(let phrases): phrases.forEach(collect)
            case .choice(let choice): choice.phrases.forEach(collect)
            case .form(let feature, let form):
                for option in features[feature].options {
                    scalars.formUnion(option[form].unicodeScalars)
                }
            }
        }
        collect(phrase)
        return scalars.sorted()
    }
}

/// The smallest range that holds both.
private func union(_ first: ClosedRange<Int>?, _ second: ClosedRange<Int>) -> ClosedRange<Int> {
    guard let first else { return second }
    return min(first.lowerBound, second.lowerBound)...max(first.upperBound, second.upperBound)
}
