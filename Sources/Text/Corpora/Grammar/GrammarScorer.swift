import Foundation

extension Grammar {
    /// The natural logarithm of the probability of a text: of all its derivations together.
    ///
    /// The text is read from left to right. After each phrase there is a list of how far the reading
    /// may have come, and with which options of the features; what remains in the end at the end of
    /// the text is summed. It is −∞ where the text does not belong to the language.
    package func logProbability(of text: String) -> Double {
        let bytes = Array(text.utf8)
        let start = Reading(position: 0, options: [Int?](repeating: nil, count: features.count))
        var total = -Double.infinity
        for (reading, logProbability) in read(phrase, from: [start: 0], in: bytes)
        where reading.position == bytes.count {
            // A feature that never showed may have had any option: its probabilities add up to one.
            total = logSum(total, logProbability)
        }
        return total
    }

    /// How far a text was read, in bytes, and which options of the features are settled by then.
    private struct Reading: Hashable {
        var position: Int
        var options: [Int?]
    }

    /// The readings after a phrase, given those before it, with the logarithms of their probabilities.
    private func read(_ phrase: Phrase, from readings: [Reading: Double], in bytes: [UInt8])
        -> [Reading: Double]
    {
        guard !readings.isEmpty else { return [:] }
        switch phrase {
        case .text(let text):
            return advance(readings, over: text, in: bytes)
        case .sequence(let phrases):
            return phrases.reduce(readings) { read($1, from: $0, in: bytes) }
        case .choice(let choice):
            var all: [Reading: Double] = [:]
            for (index, phrase) in choice.phrases.enumerated() {
                for (reading, logProbability) in read(phrase, from: readings, in: bytes) {
                    let joint = logProbability + choice.logProbability(of: index)
                    all[reading] = logSum(all[reading] ?? -.infinity, joint)
                }
            }
            return all
        case .form(let feature, let form):
            var all: [Reading: Double] = [:]
            for (reading, logProbability) in readings {
                let settled = reading.options[feature]
                for option in features[feature].options.indices where settled ?? option == option {
                    var chosen = reading
                    chosen.options[feature] = option
                    let joint =
                        logProbability + (settled == nil ? features[feature].logProbability : 0)
                    let text = features[feature].options[option][form]
                    all.merge(
                        advance([chosen: joint], over: text, in: bytes), uniquingKeysWith: logSum)
                }
            }
            return all
        }
    }

    /// The readings that can go on over a literal text.
    private func advance(_ readings: [Reading: Double], over text: String, in bytes: [UInt8])
        -> [Reading: Double]
    {
        var all: [Reading: Double] = [:]
        for (reading, logProbability) in readings
        where bytes[reading.position...].starts(with: text.utf8) {
            var further = reading
            further.position += text.utf8.count
            all[further] = logProbability
        }
        return all
    }
}

/// ln(eᵃ + eᵇ).
private func logSum(_ a: Double, _ b: Double) -> Double {
    let (low, high) = (min(a, b), max(a, b))
    return low == -.infinity ? high : high + log(1 + exp(low - high))
}
