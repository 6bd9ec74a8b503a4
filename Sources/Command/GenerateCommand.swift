import ArgumentParser
import Attend
import Foundation

/// `attend generate`: continues a prompt.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continue a prompt, piece by piece as it is written.",
        discussion: """
            Standard output receives the text after the prompt. A prompt longer than the model's context is \
            cut to its end, and a text longer than the context goes on with the last half of it in sight, unless \
            --when-full says otherwise. Without a prompt the text begins as after a line end.

            Where several flags say how tokens are chosen, this is their order, and each works on what those before it \
            left: \(SamplingOptions.order.joined(separator: ", ")). Penalties change how likely tokens are, n-grams rule \
            some out, and the flags after --temperature keep the likeliest in different senses; with --temperature 0 they \
            change nothing. Where no flag says otherwise, what a model's generation_config.json suggests about these is followed, and told.

            With --draft or --look-up several tokens are proposed at once, and the model reads all of them in one pass. A \
            proposal is kept or replaced in such a way that every text is exactly as likely as without them; what changes is \
            the time. The longer the pass of a token takes, and the more proposals are kept, the more is won.

            Example:
              attend generate runs/tales --prompt "The fox" --max-tokens 300 --temperature 0.7
              echo -n "The fox" | attend generate runs/tales --prompt - --stop "."
              attend generate runs/tales --no-repeat-ngram 4 --top-p 0.9 --logit-bias 17=-100 --best-of 5
              attend generate runs/tales --prompt "The fox" --beams 4 --n-best 2
              attend generate runs/sums --prompt "12+30=" --self-consistency 20
              attend generate gpt2 --prompt "A person as JSON: " --json-schema person.json
              attend generate gpt2 --prompts questions.txt --concurrent 16 --json > answers.jsonl
              attend generate gpt2-large --draft gpt2 --prompt "The fox"
              attend generate gpt2 --prompt "The fox" --contrastive-penalty 0.6
              attend generate gpt2 --look-up --when-full sinks --prompt - < letter.txt
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to continue; - reads it from standard input, as it is.", valueName: "text"))
    var prompt = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most tokens to generate (default: 500).", valueName: "n"),
        transform: Number.whole(GenerationSettings.tokenCounts))
    var maxTokens = 500

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var penalties: PenaltyOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write so many texts, with the seeds from that of --seed on, and show the one whose tokens the model holds "
                + "likeliest on the average.", valueName: "n"),
        transform: Number.whole(BestOf.counts))
    var bestOf = 1

    @OptionGroup var voting: VotingOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Search for the likeliest text as a whole: pursue so many side by side. Nothing is random then; of the flags "
                + "about tokens, penalties, biases, --no-repeat-ngram and grammars apply.",
            valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var beams: Int?

    @OptionGroup var search: BeamOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Stop before this text; may be given several times.", valueName: "text"),
        transform: { text in
            if text.isEmpty { throw InvalidValue(description: "expected at least one character") }
            return text
        })
    var stop: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What random choices come from; the same seed writes the same text (default: another each "
                + "time).", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to do once the model's context is full: slide (go on with the last half of it), sinks (the same, but the "
                + "first four tokens stay) or refuse (end the text, and accept no longer prompt).",
            valueName: "slide|sinks|refuse"),
        transform: WhenFullFlag.read)
    var whenFull = ContextOverflow.slide

    @OptionGroup var contrastive: ContrastiveOptions
    @OptionGroup var prompts: PromptsOptions
    @OptionGroup var draft: DraftOptions
    @OptionGroup var constraint: ConstraintOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var cache: CacheOption
    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        let ways = [
            ("--beams", beams != nil), ("--best-of", bestOf > 1),
            ("--self-consistency", voting.selfConsistency != nil),
            ("--contrastive-penalty", contrastive.settings != nil),
        ].filter(\.1).map(\.0)
        if let flag = prompts.given.first, let way = ways.first {
            throw ValidationError(
                "\(flag) writes one text for each line, and \(way) chooses among several; expected one of them."
            )
        }
        if let flag = prompts.given.first, let other = draft.given.first {
            throw ValidationError(
                "\(other) is about one text, and \(flag) writes many at once; expected one of them."
            )
        }
        if ways.count > 1 {
            throw ValidationError(
                "\(ways.joined(separator: " and ")) cannot be used together; expected one of them.")
        }
        if contrastive.settings != nil {
            let others =
                penalties.given + constraint.given + randomFlags
                + (whenFull == .slide ? [] : ["--when-full"])
            if let flag = others.first {
                throw ValidationError(
                    "\(flag) does not go with --contrastive-penalty, which compares the likeliest tokens and slides; expected one of them."
                )
            }
        }
        guard let beams else {
            if let flag = search.given.first {
                throw ValidationError("\(flag) is about beams; expected --beams too.")
            }
            return
        }
        try search.validate(beams: beams, maxTokens: maxTokens)
        if whenFull != .slide {
            throw ValidationError(
                "--when-full does not go with --beams, whose window slides; expected one of them.")
        }
        if let flag = randomFlags.first {
            throw ValidationError(
                "\(flag) does not go with --beams, which takes the likeliest text; expected one of them."
            )
        }
    }

    /// The flags that were given and are about tokens that are drawn one after the other.
    private var randomFlags: [String] {
        sampling.given + draft.given + prompts.given + (seed == nil ? [] : ["--seed"])
    }

    func run() throws { try constraint.naming(write) }

    private func write() throws {
        common.apply()
        let grammar = try constraint.load()
        func load(_ path: String) throws -> LoadedModel {
            try precision.applied(to: loading.load(path))
                .caching(in: cache.cachePrecision)
        }
        let loaded = try load(model)
        let speculation = try draft.speculation(for: loaded, load)
        let prompt = try prompt == "-" ? StandardInput.text() : prompt
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        let sampling = try steps(for: loaded)
        let settings = GenerationSettings(
            maxTokens: maxTokens, sampling: sampling, stopTexts: stop,
            seed: seed, grammar: grammar, whenFull: whenFull)
        Interruption.listen()
        if let file = prompts.prompts { return try runPrompts(file, loaded, settings) }
        if let beams {
            return try runBeams(
                loaded, prompt, count: beams, scoring: sampling, grammar: grammar)
        }
        var generator = try generator(loaded, prompt, settings, speculation)
        if let count = voting.selfConsistency {
            return try runVotes(generator, of: loaded, count: count)
        }
        if bestOf > 1 { return try runBest(generator, of: loaded) }
        generator.notices.forEach(Output.message)
        if Output.isInteractive, !common.json {
            try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
        }
        let result = try generator.run { piece in
            if !common.json, !piece.isEmpty { try Output.write(piece) }
            return !Interruption.isRequested
        }
        let isRandom = contrastive.settings == nil
        if common.json {
            try Interruption.check()
            tellWhetherCut(result.finishReason)
            return try Output.json(GenerationReport(result, seed: isRandom ? seed : nil))
        }
        try Output.line()
        try Interruption.check()
        Output.message(
            "\(result.tokenCount.grouped) tokens, \(Int(result.tokensPerSecond).grouped) a second"
                + (isRandom ? "; seed \(seed)." : "."))
        tellEnd(result)
        nextStep()
    }

    /// What the flags say of tokens, and where they say nothing the model's files, which is told.
    private func steps(for loaded: LoadedModel) throws -> Sampling {
        if contrastive.settings != nil { return [] }
        var steps = try penalties.steps(for: loaded)
        var suggestions = penalties.suggestions(of: loaded)
        if beams == nil {
            steps += sampling.steps(for: loaded)
            suggestions += sampling.suggestions(of: loaded)
        }
        try SuggestedFlag.tell(suggestions, of: loaded, steps: steps)
        return Sampling(steps)
    }

    /// What else there is to know about a text.
    private func tellEnd(_ result: GeneratedText) {
        if let sentence = draft.sentence(about: result.proposals) { Output.message(sentence) }
        tellWhetherCut(result.finishReason)
        if result.finishReason == .length, result.tokenCount < maxTokens {
            Output.message(
                "The text ends where the model's context is full; with --when-full slide it goes on."
            )
        }
    }

    private func runBest(_ generator: Generator, of loaded: LoadedModel) throws {
        try checkThatTextsDiffer("--best-of \(bestOf)", by: loaded)
        generator.notices.forEach(Output.message)
        let choice: BestOf.Choice
        do {
            choice = try BestOf(bestOf).run(
                generator,
                progress: { showProgress($0, of: bestOf) }, shouldStop: { Interruption.isRequested }
            )
        } catch is CancellationError {
            throw Interruption.requested
        }
        if common.json { return try Output.json(GenerationReport(choice)) }
        Output.progress("")
        try Output.line(choice.text.text)
        Output.message(
            "The likeliest of \(bestOf.grouped) texts; seed \(choice.seed) gives it again.")
        tellEnd(choice.text)
        nextStep()
    }

    private func generator(
        _ loaded: LoadedModel, _ prompt: String, _ settings: GenerationSettings,
        _ speculation: Speculation?
    ) throws -> Generator {
        try readingPrompt {
            if let contrastive = contrastive.settings {
                return try Generator(
                    loaded, prompt: prompt, maxTokens: maxTokens, stopTexts: stop,
                    contrastive: contrastive)
            }
            return try Generator(
                loaded, prompt: prompt, settings: settings, speculation: speculation)
        }
    }

    /// Tells of a text that is no whole one of the grammar.
    func tellWhetherCut(_ reason: FinishReason?) {
        if reason == .length, let flag = constraint.given.first {
            Output.message(
                "The text is cut off before the end that \(flag) wants; a greater --max-tokens lets it go on."
            )
        }
    }

    /// Refuses a choice among texts that are all the same.
    func checkThatTextsDiffer(_ flag: String, by loaded: LoadedModel) throws {
        if sampling.temperature(for: loaded) == 0 {
            let source = sampling.temperature == nil ? ", which the model's files suggest," : ""
            throw UsageError(
                description:
                    "\(flag) chooses among different texts, and with --temperature 0\(source) all are the same; give "
                    + "a greater temperature.")
        }
    }

    func showProgress(_ texts: Int, of count: Int) {
        if !common.json { Output.progress("\(texts.grouped) of \(count.grouped) texts") }
    }

    /// Says of a character that the tokenizer does not know where it stands.
    func readingPrompt<Result>(_ make: () throws -> Result) throws -> Result {
        do {
            return try make()
        } catch let error as TokenizerError {
            throw DataError.encoding(source: "--prompt", error)
        }
    }

    func nextStep() {
        Output.next(
            "attend evaluate \(ShellWord.quoted(model)) --data FILE (how well the model predicts a text)"
        )
    }
}
