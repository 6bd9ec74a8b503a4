import AttendText
import Foundation
import Testing

/// All derivations of a small grammar, written out one by one.
private func derivations(of grammar: Grammar) -> [(text: String, probability: Double)] {
    func expand(_ phrase: Phrase, _ options: [Int]) -> [(text: String, probability: Double)] {
        switch phrase {
        case .text(let text): return [(text, 1)]
        case .form(let feature, let form):
            return [(grammar.features[feature].options[options[feature]][form], 1)]
        case .sequence(let phrases):
            return phrases.reduce([("", 1)]) { starts, phrase in
                let ends = expand(phrase, options)
                return starts.flatMap { start in
                    ends.map { (start.text + $0.text, start.probability * $0.probability) }
                }
            }
        case .choice(let choice):
            return choice.phrases.indices.flatMap { index in
                expand(choice.phrases[index], options).map {
                    ($0.text, $0.probability * Double(choice.weights[index]) / Double(choice.total))
                }
            }
        }
    }
    let assignments = grammar.features.reduce([[]]) { partial, feature in
        partial.flatMap { options in feature.options.indices.map { options + [$0] } }
    }
    return assignments.flatMap { options in
        expand(grammar.phrase, options).map {
            ($0.text, $0.probability / Double(assignments.count))
        }
    }
}

/// Grammars small enough to write out, each with something that the next one lacks.
private let grammars: [(name: String, grammar: Grammar)] = {
    let hero = Feature("Ada, she, hers", "Benjamin, he, his", "Io, she, hers")
    let thing = Feature("a, bell, was", "some, boots, were")
    let name = Phrase.form(feature: 0, form: 0)
    let she = Phrase.form(feature: 0, form: 1)
    let hers = Phrase.form(feature: 0, form: 2)
    let colour = Phrase.words("red, green, ultramarine")
    let noun = Phrase.form(feature: 1, form: 1)
    return [
        ("one text", Grammar(features: [], phrase: "é!")),
        ("a list", Grammar(features: [], phrase: .words("a, bc, def, g"))),
        (
            "weights",
            Grammar(
                features: [],
                phrase: .weighted([
                    (1, "x"), (3, "y\(colour)"), (6, .oneOf("zz", "", "\(colour)z")),
                ]))
        ),
        (
            "features",
            Grammar(
                features: [hero, thing],
                phrase: """
                    \(name) saw \(.form(feature: 1, form: 0)) \(colour) \(noun). \
                    \(.oneOf("\(name) ran, \(she) was glad", "The \(noun) \(.form(feature: 1, form: 2)) \(hers)", "\(noun), \(noun), \(noun)")).
                    """)
        ),
        (
            "opposing lengths",
            Grammar(
                features: [Feature("aaaaaaa, b", "a, bbbbbbbbb")],
                phrase: .oneOf(
                    "1\(.form(feature: 0, form: 0))\(.form(feature: 0, form: 1))",
                    "2\(.form(feature: 0, form: 0))", "3\(.form(feature: 0, form: 1))"))
        ),
    ]
}()

@Suite("Grammars")
struct GrammarTests {
    @Test("Measures equal those of all derivations written out", arguments: grammars.map(\.name))
    func measures(name: String) throws {
        let grammar = try #require(grammars.first { $0.name == name }).grammar
        let all = derivations(of: grammar)
        #expect(abs(all.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
        let entropy = all.reduce(0) { $0 - $1.probability * log($1.probability) }
        #expect(abs(grammar.entropy - entropy) < 1e-12)
        let lengths = all.map { Double($0.text.unicodeScalars.count) }
        let mean = zip(all, lengths).reduce(0) { $0 + $1.0.probability * $1.1 }
        #expect(abs(grammar.expectedLength - mean) < 1e-12)
        #expect(grammar.lengths == Int(lengths.min()!)...Int(lengths.max()!))
        #expect(Set(grammar.characters) == Set(all.flatMap { Array($0.text.unicodeScalars) }))
        #expect(grammar.characters == grammar.characters.sorted())
    }

    @Test(
        "The scorer gives every text its probability, others none", arguments: grammars.map(\.name))
    func scorer(name: String) throws {
        let grammar = try #require(grammars.first { $0.name == name }).grammar
        for (text, probability) in derivations(of: grammar)
        where name != "features" || text.count < 30 {
            #expect(abs(grammar.logProbability(of: text) - log(probability)) < 1e-12, "\(text)")
            #expect(grammar.logProbability(of: text + "?") == -.infinity)
        }
        #expect(grammar.logProbability(of: "nothing of the kind") == -.infinity)
    }

    @Test(
        "Derivations come up as often as their probabilities say", arguments: grammars.map(\.name))
    func frequencies(name: String) throws {
        let grammar = try #require(grammars.first { $0.name == name }).grammar
        var counts: [String: Int] = [:]
        let samples = 20_000
        for index in 0..<samples {
            var random = CounterRandom(seed: 11, stream: UInt64(index), purpose: .stories)
            let (text, logProbability) = grammar.text(random: &random)
            counts[text, default: 0] += 1
            if index < 100 {
                #expect(abs(grammar.logProbability(of: text) - logProbability) < 1e-12)
            }
        }
        let all = derivations(of: grammar)
        #expect(counts.values.reduce(0, +) == samples)
        for (text, probability) in all {
            let mean = probability * Double(samples)
            let deviation = (mean * (1 - probability)).squareRoot()
            #expect(abs(Double(counts[text] ?? 0) - mean) <= 5 * deviation, "\(text)")
        }
    }

    @Test("Two readings of one text are found, and their probabilities added")
    func ambiguity() {
        let ambiguous = [
            ("ab", Grammar(features: [], phrase: "\(.words("a, ab"))\(.oneOf("b", ""))")),
            ("xx", Grammar(features: [], phrase: .oneOf("xx", "xx", "y"))),
            ("aab", Grammar(features: [], phrase: "\(.words("a, aa"))\(.words("ab, b"))c")),
        ]
        for (_, grammar) in ambiguous { #expect(GrammarAmbiguity(grammar).witness() != nil) }
        #expect(abs(ambiguous[0].1.logProbability(of: "ab") - log(0.5)) < 1e-12)
        #expect(abs(ambiguous[1].1.logProbability(of: "xx") - log(2 / 3.0)) < 1e-12)
        #expect(abs(ambiguous[2].1.logProbability(of: "aabc") - log(0.5)) < 1e-12)
        for (name, grammar) in grammars {
            #expect(GrammarAmbiguity(grammar).witness() == nil, "\(name)")
        }
    }

    @Test("A feature that does not always show is found")
    func hiddenFeature() {
        let feature = Feature("a, x", "b, x")
        let hidden = Grammar(
            features: [feature],
            phrase: .oneOf("\(.form(feature: 0, form: 0))", "\(.form(feature: 0, form: 1))"))
        let shown = Grammar(features: [feature], phrase: "\(.form(feature: 0, form: 0))")
        #expect(!hidden.showsAllFeatures)
        #expect(shown.showsAllFeatures)
        // Both options spell "x": the scorer adds them.
        #expect(abs(hidden.logProbability(of: "x") - log(0.5)) < 1e-12)
    }

    @Test("A list with commas is its items, without the space around them")
    func lists() {
        #expect(commaSeparated("a, b c,\n d ") == ["a", "b c", "d"])
    }
}
