import ArgumentParser
import Attend
import Foundation

/// The flags of `attend train` that describe a new run.
struct TrainOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to learn from: a text file, or a directory that attend prepare wrote; for pairs a directory with train.SRC and train.TGT, or a "
                + "file with source, tab, target on each line; for a classifier a file with label, tab, "
                + "text; or built-in: \(builtInNames.joined(separator: ", ")).",
            valueName: "name|file|dir"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The family: \(Architecture.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(Architecture.self))
    var model: Architecture?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The sizes and settings to start from: \(Preset.names.joined(separator: ", ")) (default: the one "
                + "that goes with the family or the data; without any, default).",
            valueName: "name"),
        transform: { name in
            if let preset = Preset.named(name) { return preset }
            throw Name.unknown(name, among: Preset.names)
        })
    var preset: Preset?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Sizes and settings from the config.json of another run, or from a .yaml or .json file with what differs "
                + "from a preset; other flags come before it.",
            valueName: "file"))
    var config: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The run of an encoder that a classifier begins with; its sizes and tokenizer are taken too.",
            valueName: "dir"))
    var encoder: String?

    @OptionGroup var text: TokenizerOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The ending of the source's files in a directory of pairs, such as de.",
            valueName: "ending"))
    var source: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The same for the target, such as en.", valueName: "ending"))
    var target: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of all equations that is to train on, for \(ModularAddition.baseName) (default: \(ModularAddition.usualTrainingShare)).",
            valueName: "x"),
        transform: Number.real(0.0001...0.9999))
    var trainingShare: Double?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many steps.", valueName: "n"),
        transform: Number.whole(1...1_000_000_000))
    var steps: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sequences in a batch of text.", valueName: "n"),
        transform: Number.whole(1...65_536))
    var batch: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens in a batch of pairs, padding included.", valueName: "n"),
        transform: Number.whole(1...10_000_000))
    var batchTokens: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Tokens in a sequence.", valueName: "n"),
        transform: Number.whole(1...1_048_576))
    var context: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Blocks of the model.", valueName: "n"),
        transform: Number.whole(1...1024))
    var layers: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Heads of each attention; must divide the width.", valueName: "n"),
        transform: Number.whole(1...4096))
    var heads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Width of the model; its feed-forward networks keep their proportion to it.",
            valueName: "n"),
        transform: Number.whole(1...65_536))
    var width: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The highest learning rate; the last one keeps its proportion to it.", valueName: "x"),
        transform: Number.positive(upTo: 100))
    var learningRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps over which the learning rate rises.", valueName: "n"),
        transform: Number.whole(0...1_000_000_000))
    var warmup: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How the learning rate goes on after its rise: "
                + "\(ScheduleKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(ScheduleKind.self))
    var schedule: ScheduleKind?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of the steps in which the learning rate falls, for the schedule wsd.",
            valueName: "x"),
        transform: Number.real(0...1))
    var decayShare: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What moves the weights: \(OptimizerKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(OptimizerKind.self))
    var optimizer: OptimizerKind?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the last velocity stays (sgd, nesterov 0.9; muon 0.95).", valueName: "x"),
        transform: Number.real(0...0.9999))
    var momentum: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of weights taken away in each step, times the learning rate.",
            valueName: "x"),
        transform: Number.real(0...100))
    var weightDecay: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What decays: \(DecayedParameters.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(DecayedParameters.self))
    var decayed: DecayedParameters?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The largest norm of all gradients together; longer ones are scaled down.",
            valueName: "x"),
        transform: Number.positive(upTo: 1e9))
    var gradientClip: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The largest element of a gradient.", valueName: "x"),
        transform: Number.positive(upTo: 1e9))
    var gradientValueClip: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Use the running mean of the weights that keeps this share of itself in a step, such as 0.999.",
            valueName: "x"),
        transform: Number.real(0...0.999_999))
    var weightAverage: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What becomes of a step with a number that is infinite or none: "
                + "\(NonFinitePolicy.allCases.map(\.rawValue).joined(separator: ", ")) (default: stop).",
            valueName: "name"),
        transform: Name.of(NonFinitePolicy.self))
    var nonFinite: NonFinitePolicy?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A further text, and the share of rows that come from it, such as poems.txt=0.3, or =0.1:0.5 for one that "
                + "changes from the first step to the last; may be given more than once.",
            valueName: "file=x"),
        transform: CurriculumFlags.mixedSource)
    var mix: [MixedSource] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Shorter sequences at first, as many tokens in a step: 64:500,128:1000 for 64 tokens before step 500 and "
                + "128 before step 1000.",
            valueName: "list"),
        transform: CurriculumFlags.stages)
    var contextSchedule: [ContextStage]?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The order of pairs: easy-to-hard begins with the short ones, and has all of them from half of the steps on.",
            valueName: "name"),
        transform: Name.of(Curriculum.self))
    var curriculum: Curriculum?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How documents come into rows: windows (one after the other) or documents (each in a row of its "
                + "own, where none sees another) (default: windows).",
            valueName: "name"),
        transform: Name.of(Packing.self))
    var packing: Packing?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps between two evaluations.", valueName: "n"),
        transform: Number.whole(1...1_000_000_000))
    var evaluationInterval: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What matrix products round to: float32, or bfloat16 (faster where the processor multiplies it).",
            valueName: "name"),
        transform: Name.of(Precision.self))
    var precision: Precision?

    @OptionGroup(title: "Regularisation and first weights") var regularisation:
        TrainRegularisationOptions

    @OptionGroup(title: "Memory") var memory: TrainMemoryOptions

    @OptionGroup(title: "What guards the training") var guards: TrainGuardOptions

    /// The first flag that was given beside --data, for a message about those that cannot be.
    var firstGivenFlag: String? {
        let given: [(String, Bool)] = [
            ("--model", model != nil), ("--preset", preset != nil),
            ("--config", config != nil), ("--encoder", encoder != nil),
            ("--source", source != nil), ("--target", target != nil),
            ("--training-share", trainingShare != nil),
            ("--batch-tokens", batchTokens != nil),
            ("--warmup", warmup != nil), ("--schedule", schedule != nil),
            ("--decay-share", decayShare != nil),
            ("--optimizer", optimizer != nil), ("--momentum", momentum != nil),
            ("--weight-decay", weightDecay != nil), ("--decayed", decayed != nil),
            ("--gradient-clip", gradientClip != nil),
            ("--gradient-value-clip", gradientValueClip != nil),
            ("--weight-average", weightAverage != nil),
            ("--non-finite", nonFinite != nil),
            ("--packing", packing != nil),
            ("--mix", !mix.isEmpty), ("--context-schedule", contextSchedule != nil),
            ("--curriculum", curriculum != nil),
            ("--steps", steps != nil),
            ("--batch", batch != nil), ("--context", context != nil), ("--layers", layers != nil),
            ("--heads", heads != nil), ("--width", width != nil),
            ("--learning-rate", learningRate != nil),
            ("--evaluation-interval", evaluationInterval != nil),
            ("--precision", precision != nil),
        ]
        return given.first { $0.1 }?.0 ?? text.firstGivenFlag ?? regularisation.firstGivenFlag
            ?? memory.firstGivenFlag ?? guards.firstGivenFlag
    }
}
