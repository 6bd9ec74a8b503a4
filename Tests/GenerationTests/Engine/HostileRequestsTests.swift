import AttendGeneration
import AttendTensors
import AttendText
import Foundation
import Testing

/// Requests with random, often senseless options, that come, are given up and end at any time.
///
/// In the ordinary run of the tests there are two thousand; Scripts/hostile-requests.sh sets `ATTEND_REQUEST_COUNT` and
/// `ATTEND_REQUEST_SEED` for longer runs, and prints what came of them.
@Suite("Hostile requests")
struct HostileRequestsTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test("no request traps, every refusal is a sentence, and no page and no memory is lost")
    func survives() throws {
        let count = Self.environment["ATTEND_REQUEST_COUNT"].flatMap(Int.init)
        let seed = Self.environment["ATTEND_REQUEST_SEED"].flatMap(UInt64.init) ?? 1
        let sample = try EngineSample(contextLength: 24)
        var engine = try sample.engine(
            EngineLimits(
                concurrentCount: 12, waitingCount: 20, promptTokensPerPass: 16, pageTokenCount: 4,
                cacheTokenCount: 120))
        var requests = HostileRequests(seed: seed)
        var tally = Tally()
        let total = count ?? 2000
        var memory: [Int] = []
        for index in 0..<total {
            do throws(RequestRefusal) {
                tally.live.append(try engine.submit(requests.next()))
                tally.accepted += 1
            } catch {
                tally.note(error)
            }
            for _ in 0..<requests.below(12) { tally.note(engine.step()) }
            if requests.below(12) == 0, !tally.live.isEmpty {
                let id = tally.live.remove(at: requests.below(tally.live.count))
                if engine.cancel(id) { tally.cancelled += 1 }
            }
            if index % max(total / 10, 1) == total / 10 - 1, let bytes = Self.residentBytes {
                memory.append(bytes)
            }
        }
        while !engine.isIdle { tally.note(engine.step()) }

        #expect(engine.unusedPageCount == engine.pageCount, "no page is lost")
        #expect(tally.live.isEmpty, "every request ended")
        #expect(tally.finished + tally.failed + tally.cancelled == tally.accepted)
        #expect(tally.finished > 0 && tally.refused > 0 && tally.cancelled > 0)
        #expect(tally.unfinishedSentences == [])
        if count != nil {
            let megabytes = memory.map { String(format: "%.1f", Double($0) / 1e6) }
            print(
                "| \(total) requests | \(tally.accepted) accepted | \(tally.refused) refused | \(tally.finished) finished | "
                    + "\(tally.failed) failed | \(tally.cancelled) given up | resident MB after each tenth: "
                    + megabytes.joined(separator: ", ") + " |")
            // The first tenths fill pools of buffers.
            if memory.count == 10 { #expect(memory[9] < memory[2] + 8_000_000, "memory is flat") }
        }
    }

    /// The memory of this process, where the system tells.
    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * 4096 } : nil
    }
}

/// What came of requests.
private struct Tally {
    var accepted = 0
    var refused = 0
    var finished = 0
    var failed = 0
    var cancelled = 0
    var live: [GenerationRequest.ID] = []
    var unfinishedSentences: Set<String> = []

    mutating func note(_ refusal: RequestRefusal) {
        refused += 1
        check(refusal.description)
    }

    mutating func note(_ events: [GenerationEvent]) {
        for event in events {
            switch event.kind {
            case .token: continue
            case .finished: finished += 1
            case .failed(let error):
                failed += 1
                check(error.description)
            }
            live.removeAll { $0 == event.request }
        }
    }

    private mutating func check(_ sentence: String) {
        let isSentence =
            sentence.count > 20 && sentence.last == "." && sentence.first?.isUppercase ?? false
        if !isSentence { unfinishedSentences.insert(sentence) }
    }
}

/// Requests of which about half make sense.
private struct HostileRequests {
    private var random: RandomSource
    private let grammars: [TextGrammar]

    init(seed: UInt64) {
        random = RandomSource(seed: seed)
        grammars = ["root ::= [a-h]+ \".\"", "root ::= \"ab\" root | \"c\"", "root ::= \"\""]
            .compactMap { try? TextGrammar($0) }
    }

    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    mutating func next() -> GenerationRequest {
        var settings = GenerationSettings(
            maxTokens: below(9) == 0
                ? one(of: [0, -1, .min, .max, 10_000_001]) : 1 + below(60),
            seed: random.next())
        settings.sampling = Sampling((0..<below(4)).map { _ in step() })
        if below(5) == 0 {
            settings.stopTexts = (0..<(below(30) == 0 ? 70 : below(4))).map { _ in
                String(
                    repeating: one(of: ["a", ".", "ab", "é", ""]),
                    count: below(50) == 0 ? 5000 : 1 + below(3))
            }
        }
        if below(6) == 0 { settings.isScored = true }
        if below(8) == 0, !grammars.isEmpty { settings.grammar = one(of: grammars) }
        switch below(8) {
        case 0: settings.whenFull = .sinks(one(of: [1, 4, 23, 4096, 0, -3, .max]))
        case 1: settings.whenFull = .refuse
        default: break
        }
        return GenerationRequest(prompt(), settings: settings)
    }

    private mutating func prompt() -> GenerationRequest.Prompt {
        let length = below(20) == 0 ? below(2000) : below(40)
        if below(3) == 0 {
            let isHostile = below(4) == 0
            return .tokens(
                (0..<length).map { _ in
                    isHostile ? one(of: [0, 10, 11, -1, .max, .min]) : Int32(below(11))
                })
        }
        let letters: [Character] = below(6) == 0 ? ["a", "b", "Z", "🦊"] : Array("\n abcdefgh.")
        // Few beginnings, so that pages are shared.
        let beginning = one(of: ["", "abcdabcd", "abcdabcdefgh", "hgfe"])
        return .text(beginning + String((0..<length).map { _ in one(of: letters) }))
    }

    private mutating func step() -> SamplingStep {
        let real = one(of: [0, 0.3, 0.9, 1, 1.5, -1, .nan, .infinity, 1e300])
        let whole = one(of: [1, 2, 5, 1000, 0, -1, .max, .min])
        switch below(13) {
        case 0: return .temperature(real)
        case 1: return .topK(whole)
        case 2: return .topP(real)
        case 3: return .minP(real)
        case 4: return .typicalP(real)
        case 5: return .repetitionPenalty(real)
        case 6: return .frequencyPenalty(real)
        case 7: return .noRepeatNGram(whole)
        case 8: return .logitBias([Int32(truncatingIfNeeded: whole): Double(real)])
        case 9: return .presencePenalty(real)
        case 10: return .epsilonCutoff(real)
        case 11: return .etaCutoff(real)
        default: return .temperature(one(of: [0, 0.7, 1, 2]))
        }
    }
}
