import ArgumentParser
import Attend
import Foundation

/// `attend plan`: proposes a training that fills a time on this machine.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Measure this machine, and propose a model and a training that fill a given time.",
        discussion: """
            A few models take real steps on the text for some seconds. What is proposed is written to a \
            file for attend train --config, whose report shows the prediction beside what came of it.

            Example:
              attend plan --minutes 10 --data notes.txt
              attend plan --minutes 2 --memory-limit 500MB --json
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long the training may take.", valueName: "x"),
        transform: Number.positive(upTo: 100_000))
    var minutes: Double

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to learn from: a text file or \(Corpus.builtInNames.joined(separator: ", ")) (default: tales).",
            valueName: "name|file"))
    var data = "tales"

    @OptionGroup var text: TokenizerOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most memory that the training may take, such as 500MB or 2GB (default: three quarters of the machine's).",
            valueName: "size"),
        transform: Number.byteCount)
    var memoryLimit: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What matrix products round to: float32 (default), or bfloat16.", valueName: "name"),
        transform: Name.of(Precision.self))
    var precision: Precision?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What all random choices come from (default: 1).", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The file of the plan (default: plan.json).", valueName: "file"))
    var out = "plan.json"

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if text.vocabulary != nil, text.tokenizer?.kind != .bytePair {
            throw ValidationError(
                "--vocabulary is the size of a bpe vocabulary; give --tokenizer bpe with it.")
        }
    }

    func run() throws {
        common.apply()
        Interruption.listen()
        try TextSource.check(data, use: "plans are made for")
        let place = URL(fileURLWithPath: out).deletingLastPathComponent().path
        guard !TextFile.isDirectory(out), FileManager.default.isWritableFile(atPath: place) else {
            throw UsageError(
                description:
                    "--out \(out.quoted) cannot be written; give a file in a directory that can be."
            )
        }
        try ReplaceableFile.check(
            out, kind: "a plan", beginning: "{", containing: "\"formatVersion\"")
        var request = TrainingData.Request(
            source: data, seed: seed ?? 1, tokenizer: text.tokenizer?.kind ?? .character,
            vocabularySize: text.vocabulary ?? 1024)
        if case .file(let path)? = text.tokenizer {
            request.savedTokenizer = try TokenizerFile.read(at: path)
        }
        let data = try TrainingData(request)
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attend-plan-\(UUID().uuidString)").path
        let plan = try TrainingPlan.make(
            TrainingPlan.Request(
                minutes: minutes, memoryLimit: memoryLimit, precision: precision ?? .float32,
                seed: seed ?? 1, attendVersion: AttendCommand.configuration.version),
            data: data, folder: folder,
            sample: { configuration, model in
                let (text, accuracy) = RunSampler(configuration, tokenizer: data.tokenizer)
                    .sample(model)
                return ModelSample(text: text, accuracy: accuracy)
            }, shouldStop: { Interruption.isRequested },
            progress: { if !common.json { Output.progress($0) } })
        if !common.json { Output.progress("") }
        guard let plan else { throw Interruption.requested }
        try AtomicFile.write(StrictJSON.encode(plan.configuration, file: out), to: out)
        if common.json { return try Output.json(Result(plan, path: out)) }
        try Self.table(plan).lines.forEach(Output.line)
        Output.next("attend train --config \(ShellWord.quoted(out))")
    }

    private static func table(_ plan: TrainingPlan) -> TextTable {
        let (training, prediction) = (plan.configuration.training, plan.prediction)
        let range = [prediction.leastValidationLoss, prediction.greatestValidationLoss]
            .map { $0.rounded(to: 2) }.joined(separator: "–")
        let facts =
            plan.configuration.model.sizes.facts + [
                ("parameters", plan.configuration.model.sizes.parameterCount.grouped),
                ("batch", training.batch.grouped), ("steps", training.steps.grouped),
                ("learning rate", "\(training.learningRate)"),
                ("time", DurationText.text(prediction.seconds)),
                ("a step", "\((plan.stepSeconds * 1e3).rounded(to: 1)) ms"),
                ("memory", "\(Int(prediction.memoryBytes / 1e6).grouped) MB"),
                (
                    "validation loss",
                    "\(prediction.validationLoss.rounded(to: 2)) (\(range)); a table of pairs has \(plan.bigramLoss.rounded(to: 2))"
                ),
            ]
        return TextTable(
            columns: ["plan", ""], rows: facts.map { [$0.0, $0.1] }, wordColumns: 2)
    }

    private struct Result: Encodable {
        let plan: String
        let parameters: Int
        let layers: Int
        let heads: Int
        let width: Int
        let context: Int
        let batch: Int
        let steps: Int
        let secondsPerStep: Double
        let seconds: Double
        let memoryBytes: Double
        let validationLoss: Double
        let validationLossRange: [Double]
        let command: [String]

        init(_ plan: TrainingPlan, path: String) {
            let (configuration, prediction) = (plan.configuration, plan.prediction)
            self.plan = path
            parameters = configuration.model.sizes.parameterCount
            if case .gpt(let sizes) = configuration.model {
                (layers, heads, width) = (sizes.layerCount, sizes.headCount, sizes.width)
            } else {
                (layers, heads, width) = (0, 0, 0)
            }
            context = configuration.model.sizes.contextLength
            batch = configuration.training.batch
            steps = configuration.training.steps
            secondsPerStep = plan.stepSeconds
            seconds = prediction.seconds
            memoryBytes = prediction.memoryBytes
            validationLoss = prediction.validationLoss
            validationLossRange = [
                prediction.leastValidationLoss, prediction.greatestValidationLoss,
            ]
            command = ["attend", "train", "--config", path]
        }
    }
}
