/// The built-in corpus: short stories without end, from a grammar written for this project.
///
/// Someone wants something, someone else is in the way, a helper gives advice, and all ends well.
/// Names, pronouns, verbs and things agree from the first sentence to the last, because who and what
/// the story is about is settled before its words are.
///
/// All probabilities are known, and every story can be read in one way only. So the least loss that
/// any model can reach on these stories is known exactly: ``entropyRate``. Stories are independent of
/// each other; story number i depends on nothing but the seed and i, on every platform.
public struct Tales: Sendable {
    /// What every story ends with: a blank line.
    public static let separator = "\n\n"

    /// The seed from which the stories come.
    public let seed: UInt64

    /// The number of the story that comes next.
    public var nextIndex: Int

    /// The stories that come from this seed, from the given one on; there is no last one.
    public init(seed: UInt64 = 0, startingAt index: Int = 0) {
        self.seed = seed
        nextIndex = index
    }

    /// The next story, with the separator at its end.
    public mutating func nextStory() -> String {
        defer { nextIndex += 1 }
        return story(at: nextIndex)
    }

    /// Story number `index`, with the separator at its end.
    public func story(at index: Int) -> String {
        var random = CounterRandom(
            seed: seed, stream: UInt64(truncatingIfNeeded: index), purpose: .stories)
        return TalesGrammar.grammar.text(random: &random).text
    }

    /// Whole stories from the next one on: as few as have at least `characterCount` characters.
    public func stories(characterCount: Int) -> String {
        var text = ""
        var (count, index) = (0, nextIndex)
        while count < characterCount {
            let story = story(at: index)
            text += story
            count += story.unicodeScalars.count
            index += 1
        }
        return text
    }
}

extension Tales {
    /// The entropy of a story, in nats: how much one cannot know before reading it.
    public static let entropyPerStory = TalesGrammar.grammar.entropy

    /// The mean number of characters in a story, its separator included.
    public static let expectedLength = TalesGrammar.grammar.expectedLength

    /// The entropy rate, in nats per character: the mean loss below which no model can get.
    ///
    /// Stories are independent and identically distributed, so the rate of a long text is the entropy
    /// of a story over its mean length.
    public static let entropyRate = entropyPerStory / expectedLength

    /// The number of characters in the shortest story, its separator included.
    public static let shortestStory = TalesGrammar.grammar.lengths.lowerBound

    /// The number of characters in the longest story, its separator included.
    public static let longestStory = TalesGrammar.grammar.lengths.upperBound

    /// Every character that occurs in stories, in ascending order.
    public static let characters = TalesGrammar.grammar.characters

    /// The natural logarithm of the probability of a story with its separator; −∞ for any other text.
    ///
    /// Divided by the number of characters and negated, this is the loss that a perfect model has on
    /// this very story.
    public static func logProbability(of story: String) -> Double {
        TalesGrammar.grammar.logProbability(of: story)
    }
}
