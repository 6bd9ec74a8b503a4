import AttendText
import Foundation
import Testing

@Suite("Built-in tasks with exact answers")
struct TaskTests {
    private func parts(_ name: String, seed: UInt64 = 0) throws -> [[SentencePair]] {
        let corpus = try ParallelCorpus.named(
            name, seed: seed, trainingCount: 3000, validationCount: 150, testCount: 140)
        #expect(corpus.name == name && corpus.isExact)
        return [corpus.training, corpus.validation, corpus.test]
    }

    @Test(
        "No source occurs twice, in one part or in two; the seed decides all",
        arguments: ParallelCorpus.builtInNames)
    func disjoint(name: String) throws {
        let parts = try parts(name)
        #expect(parts.map(\.count) == [3000, 150, 140])
        #expect(Set(parts.joined().map(\.source)).count == 3290)
        #expect(try self.parts(name) == parts)
        #expect(try self.parts(name, seed: 1) != parts)
    }

    @Test("Copies, reversals and sorted characters are right, of all lengths")
    func strings() throws {
        let rules: [(String, (String) -> String)] = [
            ("copy", { $0 }), ("reverse", { String($0.reversed()) }),
            ("sort", { String($0.sorted()) }),
        ]
        for (name, rule) in rules {
            let pairs = try parts(name).joined()
            #expect(pairs.allSatisfy { $0.target == rule($0.source) })
            #expect(Set(pairs.map(\.source.count)) == Set(1...12))
            #expect(Set(pairs.map(\.source).joined()).count == 36)
        }
    }

    @Test("Sums are right, and no sum stands in two parts in another order")
    func sums() throws {
        for (name, range) in [("add", 100..<1000), ("modular", 0..<59)] {
            let parts = try parts(name)
            var seen: [Set<Set<Int>>] = []
            for part in parts {
                for pair in part {
                    let question = pair.source.replacing(" mod 59", with: "")
                    let numbers = question.split(separator: "+").compactMap { Int($0) }
                    #expect(numbers.count == 2 && numbers.allSatisfy { range.contains($0) })
                    let sum = numbers[0] + numbers[1]
                    #expect(pair.target == "\(name == "add" ? sum : sum % 59)")
                    #expect(pair.source.hasSuffix(" mod 59") == (name == "modular"))
                }
                seen.append(
                    Set(
                        part.map { pair in
                            Set(
                                pair.source.prefix { $0 != " " }.split(separator: "+").map {
                                    Int($0)!
                                })
                        }))
            }
            #expect(seen[0].isDisjoint(with: seen[1]) && seen[0].isDisjoint(with: seen[2]))
            #expect(seen[1].isDisjoint(with: seen[2]))
        }
    }

    @Test("A small task gives all that it has")
    func exhausted() throws {
        let corpus = try ParallelCorpus.named("modular")
        let all = corpus.training + corpus.validation + corpus.test
        #expect(Set(all.map(\.source)).count == 59 * 59)
    }

    @Test("Every form of a date is read as Foundation's calendar has it")
    func dates() throws {
        let parts = try parts("dates")
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.isLenient = false
        let forms = [
            "EEEE, d MMMM yyyy", "d MMMM yyyy", "MMMM d, yyyy", "d MMM yyyy", "d-MMM-yyyy",
            "d.M.yyyy",
            "yyyy/M/d", "yyyyMMdd", "'the' d 'of' MMMM yyyy",
        ]
        var used: Set<String> = []
        for pair in parts.joined() {
            formatter.dateFormat = "yyyy-MM-dd"
            let day = try #require(formatter.date(from: pair.target))
            let plain = pair.source.replacing(#/(\d)(st|nd|rd|th)\b/#) { $0.1 }
            let found = forms.first { form in
                formatter.dateFormat = form
                guard let date = formatter.date(from: plain) else { return false }
                return date == day
                    && formatter.string(from: date).lowercased() == plain.lowercased()
            }
            #expect(found != nil, "\(pair.source) is not \(pair.target)")
            used.insert("\(found ?? "") \(plain != pair.source)")
        }
        #expect(used.count == 10)
        // The same day in another form gives the answer away.
        #expect(
            Set(parts[0].map(\.target)).isDisjoint(with: (parts[1] + parts[2]).map(\.target)))
    }

    @Test("Phrases follow the rules of the made-up language")
    func phrases() throws {
        let pairs = try parts("phrases").joined()
        let translations = Dictionary(grouping: pairs, by: \.source).mapValues {
            Set($0.map(\.target))
        }
        #expect(translations.values.allSatisfy { $0.count == 1 })
        let articles = ["l", "un", "kelk"]
        var stems: [String: Set<String>] = [:]
        for pair in pairs {
            let english = pair.source.split(separator: " ")
            var words = pair.target.split(separator: " ").map(String.init)
            // The verb is last, agrees with who acts, and is denied where the English one is.
            let verb = words.removeLast()
            let isPlural = ["i", "e"].contains(words.first { isArticle($0) }!.suffix(1))
            #expect(verb.hasSuffix(isPlural ? "ent" : "et"))
            #expect((words.last == "ne") == english.contains("not"))
            let isPast =
                english.contains { $0.hasSuffix("ed") && $0 != "red" } || english.contains("did")
            #expect(verb.hasSuffix(isPlural ? "avent" : "avet") == isPast)
            // From an article to the last word of its ending, all agree; others have no ending.
            var ending: Character?
            for word in words where word != "ne" {
                if isArticle(word) {
                    ending = word.last
                } else if let last = word.last, "oaie".contains(last), word != "retro" {
                    #expect(last == ending, "\(word) in \(pair.target)")
                    stems[String(word.dropLast()), default: []].insert(String(last))
                } else {
                    ending = nil
                }
            }
            #expect(
                words.count(where: isArticle)
                    == english.count { ["the", "a", "an", "some"].contains($0) })
        }
        // A noun has one gender; an adjective takes all four endings.
        #expect(stems["kan"] == ["o", "i"] && stems["mish"] == ["a", "e"])
        #expect(stems["rub"] == ["o", "a", "i", "e"])
        #expect(stems.count == 34)

        func isArticle(_ word: String) -> Bool { articles.contains(String(word.dropLast())) }
    }

    @Test("A sentence is translated word for word as documented")
    func example() throws {
        let pairs = try ParallelCorpus.named("phrases").training
        let target = Dictionary(pairs.map { ($0.source, $0.target) }, uniquingKeysWith: { $1 })
        #expect(
            target["the kind quiet dogs open a horse near a quiet coat again"]
                == "denov li kani gentili tranili uno kavalo uno mantelo tranilo apud aprinent")
        #expect(
            target["the queens open some new houses under the book"]
                == "le regile kelke dome novene lo libro subin aprinent")
    }

    @Test("Sizes that cannot be are errors", arguments: [0, -1, .max])
    func sizes(count: Int) {
        #expect(
            throws: DataError.outOfRange(
                name: "number of test examples", value: "\(count)",
                accepted: "a number from 1 to 10000000")
        ) { try ParallelCorpus.named("copy", testCount: count) }
    }
}
