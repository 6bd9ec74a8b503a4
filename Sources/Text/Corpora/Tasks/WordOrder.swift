/// Sentences of the same words in two orders.
enum WordOrder {
    /// The names of the orders.
    static let labels = ["verb-last", "verb-middle"]

    /// Draws a sentence, then its order, so that the words tell nothing of it.
    static func sentence(_ random: inout CounterRandom) -> Task.Example {
        // No "a", which could become "an" in one order only.
        let determiners = ["the", "this", "that", "one"]
        func nounPhrase(_ nouns: [Phrases.Noun]) -> (determiner: String, [String], noun: String) {
            let determiner = determiners[random.next(below: determiners.count)]
            let noun = nouns[random.next(below: nouns.count)].english
            let adjectives = (0..<random.next(below: 3)).map { _ in
                Phrases.adjectives[random.next(below: Phrases.adjectives.count)].english
            }
            return (determiner, adjectives, noun)
        }
        let subject = nounPhrase(Phrases.persons)
        let object = nounPhrase(Phrases.persons + Phrases.things)
        let verb = Phrases.verbs[random.next(below: Phrases.verbs.count)].english + "s"
        let middle =
            [subject.determiner] + subject.1 + [subject.noun, verb]
            + [object.determiner] + object.1 + [object.noun]
        let last =
            [subject.determiner, subject.noun] + subject.1
            + [object.determiner, object.noun] + object.1 + [verb]
        let isLast = random.next(below: 2) == 0
        return Task.Example(
            (isLast ? last : middle).joined(separator: " "), labels[isLast ? 0 : 1],
            key: middle.joined(separator: " "))
    }
}

extension Task {
    /// A sentence and the name of its order; see ``WordOrder``.
    static let grammars = Task(sourceName: "sentence", targetName: "order") { random in
        WordOrder.sentence(&random)
    }
}
