/// The sentences of ``Tales``; the words in them are in ``TalesWords``.
package enum TalesGrammar {
    private typealias W = TalesWords

    /// All stories, with their probabilities.
    package static let grammar = Grammar(
        features: [W.hero, W.object, W.remedy],
        phrase: "\(want) \(trouble) \(help) \(success) \(ending)\(.text(Tales.separator))")

    /// Who wants what.
    private static let want = Phrase.oneOf(
        "\(W.name) the \(W.trait) \(W.animal) \(W.wanted) \(W.article) \(W.quality) \(W.noun).",
        """
        Once a \(W.trait) \(W.animal) named \(W.name) \(W.wanted) \(W.article) \(W.quality) \(W.noun).
        """)

    /// What is in the way.
    private static let trouble: Phrase =
        "\(W.but) a \(W.vice) \(W.villain) \(W.kept) \(W.it) \(W.beside) the \(W.place)."

    /// What a helper says.
    private static let help = Phrase.oneOf(
        "\"\(W.advice) \(W.manner), \(W.name),\" \(W.said) \(W.possessive) \(W.virtue) \(W.helper).",
        "\(W.capitalPossessive) \(W.virtue) \(W.helper) \(W.said), \"\(W.advice) \(W.manner), \(W.name).\""
    )

    /// The advice is followed, and the want fulfilled.
    private static let success: Phrase =
        "\(W.name) \(W.followed), and by \(W.time) the \(W.noun) \(W.was) \(W.hers)."

    /// What became of it.
    private static let ending = Phrase.oneOf(
        "\(W.subject) \(W.felt) \(W.mood) for \(W.number) \(W.unit).",
        "\(W.subject) \(W.moved) \(W.to) the \(W.place).",
        "\(W.subject) showed \(W.it) to \(W.number) \(W.mood) \(W.animals).")
}
