import AttendText

/// A proof that every text of a grammar can be read in one way only, or two readings of one text.
///
/// The grammar's phrase is turned into its position automaton (Glushkov 1961): one state for each
/// character written in the grammar. Features are loosened: each place may show any of its forms,
/// whatever other places show, which only adds readings. Then all pairs of different states that the
/// same text can reach are walked through. If two of them ever meet again, or both may end the text,
/// there are two readings (Book et al. 1971); if none do, there are none.
struct GrammarAmbiguity {
    private var characters: [Unicode.Scalar] = ["\u{0}"]
    private var follow: [[Int]] = [[]]
    private var last: Set<Int> = []
    private let features: [Feature]

    init(_ grammar: Grammar) {
        features = grammar.features
        let whole = part(grammar.phrase)
        follow[0] = whole.first
        last = Set(whole.last + (whole.isEmpty ? [0] : []))
    }

    /// How many states there are.
    var stateCount: Int { characters.count }

    /// The states that may begin and end a part, and whether the part may be empty.
    private struct Part {
        var first: [Int] = []
        var last: [Int] = []
        var isEmpty = true
    }

    private mutating func part(_ phrase: Phrase) -> Part {
        switch phrase {
        case .text(let text):
            return self.text(text)
        case .sequence(let phrases):
            return phrases.reduce(into: Part()) { whole, phrase in
                let next = part(phrase)
                for state in whole.last { follow[state] += next.first }
                if whole.isEmpty { whole.first += next.first }
                whole.last = next.last + (next.isEmpty ? whole.last : [])
                whole.isEmpty = whole.isEmpty && next.isEmpty
            }
        case .choice(let choice):
            return union(choice.phrases.map { part($0) })
        case .form(let feature, let form):
            return union(Set(features[feature].options.map { $0[form] }).sorted().map { text($0) })
        }
    }

    private mutating func text(_ text: String) -> Part {
        let start = characters.count
        characters += text.unicodeScalars
        let end = characters.count
        guard end > start else { return Part() }
        follow += (start..<end).map { $0 + 1 < end ? [$0 + 1] : [] }
        return Part(first: [start], last: [end - 1], isEmpty: false)
    }

    private func union(_ parts: [Part]) -> Part {
        precondition(parts.count { $0.isEmpty } <= 1, "Two parts of a choice may be empty.")
        return Part(
            first: parts.flatMap(\.first), last: parts.flatMap(\.last),
            isEmpty: parts.contains(where: \.isEmpty))
    }

    private struct Pair: Hashable {
        let first: Int
        let second: Int
    }

    /// The beginning of a text that has two readings; nil where no text has.
    func witness() -> String? {
        var seen: Set<Pair> = []
        var waiting: [(pair: Pair, text: String)] = []
        for state in follow.indices {
            visitSuccessors(of: Pair(first: state, second: state), after: "…")
        }

        func visitSuccessors(of pair: Pair, after text: String) {
            for first in follow[pair.first] {
                for second in follow[pair.second]
                where first != second && characters[first] == characters[second] {
                    let next = Pair(first: min(first, second), second: max(first, second))
                    if seen.insert(next).inserted {
                        waiting.append((next, text + String(characters[first])))
                    }
                }
            }
        }

        while let (pair, text) = waiting.popLast() {
            if last.contains(pair.first), last.contains(pair.second) { return text }
            let meeting = Set(follow[pair.first]).intersection(follow[pair.second])
            if let state = meeting.min() { return text + String(characters[state]) }
            visitSuccessors(of: pair, after: text)
        }
        return nil
    }
}

extension Grammar {
    /// Whether every text shows which option of every feature it has.
    var showsAllFeatures: Bool {
        let shown = alwaysShown(phrase)
        return features.indices.allSatisfy { index in
            let forms = shown.filter { $0[0] == index }.map { $0[1] }
            let seen = features[index].options.map { option in forms.map { option[$0] } }
            return Set(seen).count == seen.count
        }
    }

    /// The forms, as pairs of feature and form, that show in every text of a phrase.
    private func alwaysShown(_ phrase: Phrase) -> Set<[Int]> {
        switch phrase {
        case .text: []
        case .form(let feature, let form): [[feature, form]]
        case .sequence(let phrases):
            phrases.reduce(into: []) { $0.formUnion(alwaysShown($1)) }
        case .choice(let choice):
            choice.phrases.dropFirst().reduce(alwaysShown(choice.phrases[0])) {
                $0.intersection(alwaysShown($1))
            }
        }
    }
}
