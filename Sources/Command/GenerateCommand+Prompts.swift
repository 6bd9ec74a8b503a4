import Attend

extension GenerateCommand {
    /// Continues each line of a file, many at once, and prints the texts in the order of the lines.
    func runPrompts(_ path: String, _ loaded: LoadedModel, _ settings: GenerationSettings) throws {
        if !prompt.isEmpty {
            throw UsageError(
                description: "--prompt and --prompts cannot be used together; expected one of them."
            )
        }
        let lines = try prompts.lines(of: path)
        let clock = ContinuousClock()
        let begin = clock.now
        var engine = try GenerationEngine(
            loaded,
            limits: EngineLimits(concurrentCount: prompts.concurrent ?? 16, waitingCount: 0))
        var texts = PromptTexts(path: path, firstSeed: settings.seed, isJSON: common.json)
        var next = 0
        while next < lines.count || !engine.isIdle {
            while next < lines.count,
                engine.waitingCount + engine.runningCount < engine.limits.concurrentCount
            {
                var own = settings
                own.seed = settings.seed &+ UInt64(next)
                next += 1
                let request = GenerationRequest(.text(lines[next - 1]), settings: own)
                texts.begin(try submit(request, to: &engine, line: next, of: path))
            }
            for event in engine.step() { try texts.receive(event) }
            try texts.printEnded()
            try Interruption.check()
        }
        if common.json { return }
        let seconds = (clock.now - begin) / .seconds(1)
        let speed = Double(texts.tokenCount) / max(seconds, 1e-9)
        Output.message(
            "\(lines.count.grouped) texts of \(texts.tokenCount.grouped) tokens together, \(Int(speed).grouped) a second; "
                + "seeds from \(settings.seed) on.")
    }
}

/// Submits a request.
///
/// - Throws: ``PromptLineError`` where it is refused.
private func submit(
    _ request: GenerationRequest, to engine: inout GenerationEngine, line: Int, of path: String
) throws -> GenerationRequest.ID {
    do throws(RequestRefusal) {
        return try engine.submit(request)
    } catch {
        throw PromptLineError(path: path, line: line, reason: "\(error)")
    }
}

/// A line of `--prompts` that cannot be continued.
struct PromptLineError: Error, CustomStringConvertible {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path), line \(line): \(reason)" }
}

/// Texts that are written at once and printed one after the other.
private struct PromptTexts {
    let path: String
    let firstSeed: UInt64
    let isJSON: Bool
    private(set) var tokenCount = 0
    private var places: [GenerationRequest.ID: Int] = [:]
    private var texts: [Int: Entry] = [:]
    private var printedCount = 0

    init(path: String, firstSeed: UInt64, isJSON: Bool) {
        self.path = path
        self.firstSeed = firstSeed
        self.isJSON = isJSON
    }

    mutating func begin(_ id: GenerationRequest.ID) {
        let place = printedCount + texts.count
        places[id] = place
        texts[place] = Entry()
    }

    mutating func receive(_ event: GenerationEvent) throws {
        guard let place = places[event.request] else { return }
        switch event.kind {
        case .token(_, let piece): texts[place]?.text += piece
        case .finished(let summary):
            texts[place]?.end(summary)
            places[event.request] = nil
            tokenCount += summary.tokenCount
        case .failed(let error): throw error
        }
    }

    /// Prints those that have ended and have only printed ones before them.
    mutating func printEnded() throws {
        while let entry = texts[printedCount], let summary = entry.summary {
            for notice in summary.notices {
                Output.message("\(path), line \(printedCount + 1): \(notice)")
            }
            if isJSON {
                try Output.json(
                    Report(
                        text: entry.text, tokens: summary.tokenCount,
                        promptTokens: summary.promptTokenCount,
                        sharedTokens: summary.sharedTokenCount,
                        finishReason: summary.finishReason,
                        tokensPerSecond: Double(summary.tokenCount) / max(entry.seconds, 1e-9),
                        seed: firstSeed &+ UInt64(printedCount)))
            } else {
                try Output.line(entry.text)
            }
            texts[printedCount] = nil
            printedCount += 1
        }
    }

    private struct Report: Encodable {
        let text: String
        let tokens: Int
        let promptTokens: Int
        /// How many of the prompt's tokens the caches held already, of texts before it.
        let sharedTokens: Int
        let finishReason: FinishReason
        /// From when it was submitted on, beside the others.
        let tokensPerSecond: Double
        let seed: UInt64
    }

    private struct Entry {
        var text = ""
        private(set) var summary: GenerationEvent.Summary?
        private(set) var seconds = 0.0
        private let begin = ContinuousClock.now

        mutating func end(_ summary: GenerationEvent.Summary) {
            self.summary = summary
            seconds = (ContinuousClock.now - begin) / .seconds(1)
        }
    }
}
