import Attend

extension TrainOptions {
    /// Built-in data of all kinds.
    static let builtInNames =
        Corpus.builtInNames + ParallelCorpus.builtInNames + LabelledTexts.builtInNames
        + [ModularAddition.baseName]

    /// Refuses built-in data that the family does not learn from, which would otherwise be looked for as files.
    func check(source: String, kind: DataKind, architecture: Architecture) throws {
        let (names, what) =
            switch kind {
            case .text: (Corpus.builtInNames + [ModularAddition.baseName], "text")
            case .masked: (Corpus.builtInNames, "text")
            case .pairs: (ParallelCorpus.builtInNames, "pairs")
            case .labelled: (LabelledTexts.builtInNames, "texts with labels")
            }
        if !Self.builtInNames.contains(source), ModularAddition.modulus(named: source) == nil,
            FileKind.of(source) == nil
        {
            throw DataError.unknownName(
                source, suggestion: nearestName(to: source, in: Self.builtInNames), known: names)
        }
        if Self.builtInNames.contains(source), !names.contains(source) {
            throw UsageError(
                description:
                    "--data \(source) does not go with the family \(architecture.rawValue), which learns from \(what);"
                    + " expected a file of these or \(names.joined(separator: ", ")).")
        }
    }

    /// Refuses flags that equations leave no choice of, or that are for nothing else.
    func checkEquations(source: String, preset: Preset, isFromFile: Bool) throws {
        let name = ModularAddition.baseName
        if ModularAddition.modulus(named: source) == nil {
            if trainingShare != nil {
                throw UsageError(
                    description:
                        "--training-share is for equations; give --data \(name) with it.")
            }
            if preset.data == name, !isFromFile {
                throw UsageError(
                    description:
                        "--preset \(preset.name) learns equations and nothing else; expected --data \(name) or, with"
                        + " another modulus, such as \(name)-59.")
            }
        } else {
            let flags = [
                ("--tokenizer", text.tokenizer != nil), ("--vocabulary", text.vocabulary != nil),
                ("--mix", !mix.isEmpty), ("--packing", packing != nil),
                ("--context-schedule", contextSchedule != nil),
            ]
            if let flag = flags.first(where: \.1)?.0 {
                throw UsageError(
                    description:
                        "\(flag) cannot be given with equations, whose numbers are the tokens and each of which is a"
                        + " row by itself; leave it out.")
            }
        }
    }

    /// Refuses flags that would have no effect on data of this kind, or on this family.
    func checkFlags(kind: DataKind, model: AnyConfiguration) throws {
        func refuse(_ flags: [(String, Bool)], _ reason: String) throws {
            for (flag, isGiven) in flags where isGiven {
                throw UsageError(description: "\(flag) \(reason).")
            }
        }
        if kind == .text {
            try refuse(
                [("--batch-tokens", batchTokens != nil)],
                "is for examples of unequal length; the batches of a text are given by --batch")
        } else {
            try refuse(
                [("--batch", batch != nil)],
                "is for text; examples of unequal length are given by --batch-tokens")
            try refuse(
                [
                    ("--packing", packing != nil), ("--mix", !mix.isEmpty),
                    ("--context-schedule", contextSchedule != nil),
                ], "is for text, not for examples of unequal length")
        }
        if kind != .pairs {
            try refuse(
                [
                    ("--source", source != nil), ("--target", target != nil),
                    ("--label-smoothing", regularisation.labelSmoothing != nil),
                    ("--curriculum", curriculum != nil),
                ],
                "is for pairs of a source and a target; give --model encoder-decoder with it")
        }
        switch model {
        case .gptOSS:
            try refuse(
                [("--dropout", regularisation.dropout != nil)],
                "has no effect on gpt-oss, which drops no single values; --drop-path drops branches"
            )
        case .ladder(let rung):
            let name = rung.rung.rawValue
            try refuse(
                [("--gradient-checkpointing", memory.gradientCheckpointing)],
                "has no effect on \(name), a rung of the ladder; use --model gpt")
            try refuse(
                [
                    ("--layers", layers != nil), ("--dropout", regularisation.dropout != nil),
                    ("--drop-path", regularisation.dropPath != nil),
                ],
                "has no effect on \(name), a rung of the ladder; use --model gpt")
            if rung.rung == .bigram || rung.rung == .singleHead {
                try refuse(
                    [("--heads", heads != nil)],
                    "has no effect on \(name); use --model multi-head")
            }
            if rung.rung == .bigram {
                try refuse([("--width", width != nil)], "has no effect on bigram, which is a table")
            }
        default: break
        }
    }

    /// Refuses flags that a directory of ids leaves no choice of.
    func checkPrepared(_ source: String) throws {
        guard PreparedText.isPrepared(source), let flag = text.firstGivenFlag else { return }
        throw UsageError(
            description:
                "--data \(source.quoted) was prepared with a tokenizer of its own, so "
                + "\(flag) cannot be given with it; give it to attend prepare.")
    }

    /// What data to make ready, and how.
    func request(
        source: String, kind: DataKind, seed: UInt64, model: AnyConfiguration,
        file: RunConfiguration?, preset: Preset, trained: LoadedModel?
    ) throws -> TrainingData.Request {
        let tokenizer =
            text.tokenizer?.kind ?? file.flatMap { .init(rawValue: $0.data.tokenizer) }
            ?? preset.tokenizer
        if PreparedText.isPrepared(source), kind != .text {
            throw UsageError(
                description:
                    "--data \(source.quoted) was prepared from a text, and the family"
                    + " \(model.architecture.rawValue) learns from \(kind.rawValue); give --model gpt or llama."
            )
        }
        if kind != .text, tokenizer == .byte {
            throw UsageError(
                description:
                    "--tokenizer byte has no special tokens, which examples of unequal length need; give character or bpe."
            )
        }
        if text.vocabulary != nil, tokenizer != .bytePair {
            throw UsageError(
                description:
                    "--vocabulary is the size of a bpe vocabulary, and the tokenizer is \(tokenizer.rawValue); give --tokenizer bpe with it."
            )
        }
        var request = TrainingData.Request(
            source: source, kind: kind, seed: seed, tokenizer: tokenizer,
            vocabularySize: text.vocabulary ?? file?.model.vocabularySizes.first
                ?? preset.vocabularySize,
            lengthLimit: model.sizes.contextLength,
            sourceName: self.source ?? file?.data.sourceName,
            targetName: target ?? file?.data.targetName)
        request.trainingShare = trainingShare ?? file?.data.trainingShare
        request.mixture = mix.isEmpty ? (data == nil ? file?.data.mixture ?? [] : []) : mix
        if let problem = MixedSource.problem(request.mixture) {
            throw UsageError(
                description: "--mix \(problem); expected shares of at most 1 together.")
        }
        if case .file(let path)? = text.tokenizer {
            request.savedTokenizer = try TokenizerFile.read(at: path)
        } else {
            request.savedTokenizer = try trained?.tokenizer
        }
        return request
    }
}
