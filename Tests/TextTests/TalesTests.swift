import AttendText
import Foundation
import Testing

@Suite("Tales")
struct TalesTests {
    private static let sample: [String] = {
        let tales = Tales(seed: 20)
        return (0..<2000).map { tales.story(at: $0) }
    }()

    @Test("Every story can be read in one way only")
    func unambiguous() {
        let proof = GrammarAmbiguity(TalesGrammar.grammar)
        #expect(proof.stateCount > 1000)
        #expect(proof.witness() == nil)
        #expect(TalesGrammar.grammar.showsAllFeatures)
    }

    @Test("All probabilities sum to one")
    func probabilities() {
        func total(_ phrase: Phrase) -> Double {
            switch phrase {
            case .text, .form: 1
            case .sequence(let phrases): phrases.reduce(1) { $0 * total($1) }
            case .choice(let choice):
                choice.phrases.indices.reduce(0) {
                    $0 + exp(choice.logProbability(of: $1)) * total(choice.phrases[$1])
                }
            }
        }
        #expect(abs(total(TalesGrammar.grammar.phrase) - 1) < 1e-12)
    }

    @Test("The scorer, which parses the text, agrees with the derivation")
    func scorer() {
        for index in 0..<300 {
            var random = CounterRandom(seed: 4, stream: UInt64(index), purpose: .stories)
            let (text, logProbability) = TalesGrammar.grammar.text(random: &random)
            #expect(text == Tales(seed: 4).story(at: index))
            #expect(abs(Tales.logProbability(of: text) - logProbability) < 1e-9)
            #expect(Tales.logProbability(of: String(text.dropLast())) == -.infinity)
        }
    }

    @Test("A long sample has the exact entropy rate, within three standard errors")
    func rate() {
        let count = 100_000
        var (surprise, characters, squares) = (0.0, 0.0, 0.0)
        var lengthSquares = 0.0
        for index in 0..<count {
            var random = CounterRandom(seed: 2024, stream: UInt64(index), purpose: .stories)
            let (text, logProbability) = TalesGrammar.grammar.text(random: &random)
            let length = Double(text.utf8.count)
            surprise -= logProbability
            characters += length
            let difference = -logProbability - Tales.entropyRate * length
            squares += difference * difference
            lengthSquares += (length - Tales.expectedLength) * (length - Tales.expectedLength)
        }
        // The mean of −log P − rate × length is zero if and only if the rate is right.
        let standardError = (squares / Double(count)).squareRoot() / Double(count).squareRoot()
        #expect(abs(surprise - Tales.entropyRate * characters) / Double(count) < 3 * standardError)
        let lengthError = (lengthSquares / Double(count)).squareRoot() / Double(count).squareRoot()
        #expect(abs(characters / Double(count) - Tales.expectedLength) < 3 * lengthError)
    }

    @Test("The measures are within what the default run is made for")
    func measures() {
        #expect(Tales.entropyRate == Tales.entropyPerStory / Tales.expectedLength)
        #expect((0.2...0.45).contains(Tales.entropyRate))
        #expect(Tales.longestStory <= 255)
        #expect(Tales.shortestStory < Int(Tales.expectedLength))
        #expect((40...65).contains(Tales.characters.count))
        for story in Self.sample {
            #expect((Tales.shortestStory...Tales.longestStory).contains(story.unicodeScalars.count))
        }
    }

    @Test("Stories are one line of known characters and a blank line")
    func form() {
        let known = Set(Tales.characters)
        for story in Self.sample {
            #expect(story.hasSuffix(".\n\n") || story.hasSuffix(".\"\n\n"))
            #expect(story.unicodeScalars.allSatisfy(known.contains))
            let line = story.dropLast(2)
            #expect(!line.contains("\n") && !line.contains("  "))
            #expect(line.count { $0 == "\"" } == 2)
        }
        #expect(Set(Self.sample).count == Self.sample.count)
    }

    @Test("Each sentence agrees with the others")
    func agreement() {
        let women: Set = ["Ada", "Cleo", "Eve", "Gwen", "Ivy", "Lucy", "Nell", "Rose"]
        for story in Self.sample {
            let words = story.split { !$0.isLetter }.map(String.init)
            let isWoman = !women.isDisjoint(with: words)
            let (own, other) =
                isWoman
                ? (["She", "her", "Her", "hers"], ["He", "his", "His"])
                : (["He", "his", "His"], ["She", "her", "Her", "hers"])
            #expect(
                !Set(own).isDisjoint(with: words) && Set(other).isDisjoint(with: words), "\(story)")
            let isPlural = words.contains("some")
            #expect(
                words.contains("them") == isPlural && words.contains("it") == !isPlural, "\(story)")
        }
    }

    @Test("A story depends on the seed and its number only")
    func deterministic() {
        var tales = Tales(seed: 3)
        let first = (0..<5).map { _ in tales.nextStory() }
        #expect(tales.nextIndex == 5)
        #expect((0..<5).reversed().map { Tales(seed: 3).story(at: $0) } == first.reversed())
        #expect(Tales(seed: 4).story(at: 0) != first[0])
        #expect(Tales(seed: 3, startingAt: 2).stories(characterCount: 1) == first[2])
        // Recorded: a run must see the same stories wherever it is resumed.
        #expect(
            Tales(seed: 0).story(at: 0)
                == """
                Lucy the white cat sought a silver jug. But a mean snake hid it behind the tower. Her lively \
                mother said, "Bow outside, Lucy." Lucy bowed, and by Monday the jug was hers. She showed it to \
                three merry foxes.


                """)
    }

    @Test(
        "Stories of at least so many characters, none cut off",
        arguments: [0, -5, 1, 100, 1000, 4099])
    func amount(count: Int) {
        let text = Tales(seed: 8).stories(characterCount: count)
        #expect(text.count >= count && text.count < max(count, 0) + Tales.longestStory)
        #expect(text.isEmpty == (count <= 0))
        #expect(text.isEmpty || text.hasSuffix("\n\n"))
    }
}
