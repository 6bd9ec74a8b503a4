/// Something that is settled once for a whole text, and that may show in many places of it.
///
/// The hero of a story is a feature: its options are the heroes, the forms of an option are its name
/// and its pronouns. Choosing features before words is what makes all sentences of a text agree.
package struct Feature: Sendable {
    /// For each option, its forms; all options have equally many, and are equally likely.
    package let options: [[String]]

    /// The options, each a list of forms with commas between them.
    package init(_ options: String...) { self.init(options: options.map(commaSeparated)) }

    /// The options, each a list of forms.
    package init(options: [[String]]) {
        precondition(!options.isEmpty && options.allSatisfy { $0.count == options[0].count })
        self.options = options
    }

    /// The natural logarithm of the probability of each option.
    var logProbability: Double { logRatio(1, options.count) }
}

/// A language whose probabilities are known: features, and a phrase in which they occur.
///
/// To produce a text, an option of every feature is drawn, then the phrase is written out from left to
/// right, each choice drawn when it is reached. All draws are independent, so the probability of a
/// derivation is the product of those of its draws.
package struct Grammar: Sendable {
    /// What is settled once for a whole text.
    package let features: [Feature]

    /// The text, with choices and forms of features in it.
    package let phrase: Phrase

    /// A language with these features and this phrase.
    package init(features: [Feature], phrase: Phrase) {
        self.features = features
        self.phrase = phrase
    }

    /// A text of the language, and the natural logarithm of the probability of its derivation.
    package func text(random: inout CounterRandom) -> (text: String, logProbability: Double) {
        var logProbability = 0.0
        let options = features.map { feature in
            logProbability += feature.logProbability
            return random.next(below: feature.options.count)
        }
        var text = ""
        write(phrase, options, &random, &text, &logProbability)
        return (text, logProbability)
    }

    private func write(
        _ phrase: Phrase, _ options: [Int], _ random: inout CounterRandom, _ text: inout String,
        _ logProbability: inout Double
    ) {
        switch phrase {
        case .text(let literal):
            text += literal
        case .sequence(let phrases):
            for phrase in phrases { write(phrase, options, &random, &text, &logProbability) }
        case .choice(let choice):
            var remainder = random.next(below: choice.total)
            let index = choice.weights.firstIndex { weight in
                remainder -= weight
                return remainder < 0
            }!
            logProbability += choice.logProbability(of: index)
            write(choice.phrases[index], options, &random, &text, &logProbability)
        case .form(let feature, let form):
            text += features[feature].options[options[feature]][form]
        }
    }
}
