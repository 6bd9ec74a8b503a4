import AttendText
import Foundation
import Testing

@Suite("Labelled texts")
struct LabelledTextsTests {
    @Test("Two grammars have the same words, and no sentence in two parts")
    func grammars() throws {
        let texts = try LabelledTexts.named(
            "grammars", trainingCount: 4000, validationCount: 300, testCount: 200)
        #expect(texts.labels == ["verb-last", "verb-middle"])
        #expect([texts.training, texts.validation, texts.test].map(\.count) == [4000, 300, 200])
        let determiners = ["the", "this", "that", "one"]
        let ones = texts.training.count { $0.label == 1 }
        #expect((1850...2150).contains(ones))
        for item in texts.training {
            let words = item.text.split(separator: " ").map(String.init)
            let starts = words.indices.filter { determiners.contains(words[$0]) }
            #expect(starts.count == 2 && starts[0] == 0)
            let verbs = words.indices.filter { words[$0].hasSuffix("s") && words[$0] != "this" }
            #expect(verbs == [item.label == 0 ? words.count - 1 : starts[1] - 1])
        }
        // The words without their order are in one part only, so no order can be told from the other.
        let bags = [texts.training, texts.validation, texts.test].map { part in
            Set(part.map { $0.text.split(separator: " ").joined(separator: " ") })
        }
        #expect(bags[0].isDisjoint(with: bags[1].union(bags[2])))
        #expect(bags[1].isDisjoint(with: bags[2]))
        #expect(
            try LabelledTexts.named(
                "grammars", trainingCount: 4000, validationCount: 300, testCount: 200) == texts)
        // How often each word occurs does not depend on the order.
        var counts: [String: [Int]] = [:]
        for item in texts.training {
            for word in item.text.split(separator: " ") {
                counts[String(word), default: [0, 0]][item.label] += 1
            }
        }
        for (word, count) in counts {
            let (sum, difference) = (Double(count[0] + count[1]), Double(count[0] - count[1]))
            #expect(abs(difference) < 5 * sum.squareRoot() + 5, "\(word) tells its order")
        }
    }

    private func sentence(_ text: String) throws -> String {
        try withFiles(["t.tsv": text]) { path in
            do {
                let texts = try LabelledTexts.named(path + "/t.tsv")
                _ = try LabelledDataset(
                    texts,
                    tokenizer: CharacterTokenizer(text: "abc", specialTokens: SpecialTokens.texts),
                    limit: 5)
                return "no error"
            } catch let error as DataError {
                return "\(error)".replacingOccurrences(of: path, with: "D")
            }
        }
    }

    @Test("A file gives labels in alphabetical order, and three parts")
    func table() throws {
        let lines = (0..<100).map { "\(["b", "c", "a"][$0 % 3])\ttext \($0)\n" }.joined()
        try withFiles(["t.tsv": lines]) { path in
            let texts = try LabelledTexts.table(path + "/t.tsv", seed: 2)
            #expect(texts.labels == ["a", "b", "c"])
            #expect([texts.training, texts.validation, texts.test].map(\.count) == [90, 5, 5])
            for item in texts.training + texts.validation + texts.test {
                let number = Int(item.text.dropFirst(5))!
                #expect(item.label == [1, 2, 0][number % 3])
            }
        }
    }

    @Test("Faults of a file are errors that name the line")
    func faults() throws {
        #expect(try sentence("x\ta\ny\tb\ny\tc\n") == "no error")
        #expect(
            try sentence("x a\ny\tb\n")
                == "Line 1 of the file \"D/t.tsv\" has no tabs; expected exactly one, between its two "
                + "columns.")
        #expect(
            try sentence("x\ta\ny\t\n").hasPrefix("Line 2 of the file \"D/t.tsv\" has nothing on"))
        #expect(
            try sentence("x\ta\nx\tb\nx\tc\n")
                == "The file \"D/t.tsv\" has only the label \"x\"; expected at least two different ones, "
                + "each before its line's tab.")
        #expect(try sentence("x\ta\ny\tb\n").contains("need at least 3"))
        #expect(
            try sentence("x\ta\ny\tb\ny\tq\n").hasPrefix(
                "The file \"D/t.tsv\": Line 3 holds the character \"q\""))
        #expect(
            try sentence("x\taaaa\ny\tbbbb\ny\tcccc\n").contains(
                "has 1 example, all with more than 5 tokens"))
        #expect(
            throws: DataError.unknownName(
                "grammar", suggestion: "grammars", known: LabelledTexts.builtInNames)
        ) { try LabelledTexts.named("grammar") }
    }

    @Test("Batches hold each text once an epoch, between start and end, with its label")
    func batches() throws {
        let texts = LabelledTexts(
            name: "T", labels: ["x", "y"],
            training: (0..<40).map {
                LabelledText(
                    label: $0 % 2,
                    text: String(repeating: $0 % 2 == 0 ? "a" : "b", count: 1 + $0 % 9))
            }, validation: [LabelledText(label: 1, text: "b")])
        let data = try LabelledDataset(texts, tokenizer: texts.characterTokenizer(), limit: 9)
        #expect(
            data.notices == [
                "8 of 40 training texts are left out: more than 9 tokens, start and end included."
            ])
        #expect(data.validation.map(\.ids) == [[1, 5, 2]] && data.test.isEmpty)
        let batches = try LabelledBatches(data.training, size: .tokens(30), seed: 1)
        var seen: [Int] = []
        for number in 0..<batches.batchesPerEpoch {
            let batch = batches.batch(at: number)
            #expect(batch.rows * batch.columns <= 30)
            seen += batch.indices
            for (row, index) in batch.indices.enumerated() {
                let text = data.training[index]
                let padding = batch.columns - text.ids.count
                let places = row * batch.columns..<(row + 1) * batch.columns
                #expect(
                    Array(batch.inputs[places]) == text.ids + [Int32](repeating: 0, count: padding))
                #expect(
                    Array(batch.mask[places])
                        == [Float](repeating: 1, count: text.ids.count)
                        + [Float](repeating: 0, count: padding))
                #expect(batch.labels[row] == text.label)
                #expect(text.ids[1] == 4 + text.label)
            }
        }
        #expect(seen.sorted() == Array(0..<32))
        #expect(batches.batch(at: batches.batchesPerEpoch) != batches.batch(at: 0))
        let evaluation = try LabelledEvaluationBatches(data.training, size: .rows(5))
        #expect(evaluation.batchCount == 7)
        #expect(evaluation.batches.flatMap(\.indices).sorted() == Array(0..<32))
    }
}
