extension Tales {
    /// The words that hold a sentence together, as they stand in stories.
    ///
    /// They are the closed classes of the stories' grammar: articles, pronouns, auxiliaries, conjunctions
    /// and prepositions. All else (names, nouns, verbs, adjectives, adverbs, numerals) is content, which is mostly drawn at
    /// random. So a model that guesses hidden words can know these, and hardly any others. Each of them is one
    /// token, together with the space before it, in a byte-pair vocabulary of 1,024 that was learnt
    /// from stories.
    public static let functionWords = [
        "the", "a", "some",
        "She", "He", "Her", "His", "her", "his", "hers", "it", "them",
        "was", "were",
        "and", "But", "Yet",
        "by", "for", "to", "past", "under", "behind", "near", "inside",
    ]
}
