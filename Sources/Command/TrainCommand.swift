import ArgumentParser
import Attend
import Foundation

/// `attend train`: trains a model and leaves a directory with everything about the run.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model; without flags, a small one on the built-in tales.",
        discussion: """
            The first Ctrl-C saves the run and stops, the second stops at once. A run that was \
            stopped goes on with --resume as if nothing had happened.

            Example:
              attend train
              attend train --preset shakespeare --data tinyshakespeare.txt --seed 1
              attend train --data notes.txt --layers 2 --width 64 --steps 500
              attend train --model encoder-decoder --data multi30k --source de --target en
              attend train --data reverse
              attend train --preset modular-addition
              attend train --steps 300 --overfit-one-batch
              attend train --resume runs/tales-default-20260101-120000
            """)

    @OptionGroup(title: "What to train") var what: TrainOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Continue the run in this directory; with --data where its data have been moved to.",
            valueName: "dir"))
    var resume: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The directory of the new run (default: a new one under runs).", valueName: "dir"))
    var out: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What all random choices come from (default: 1).", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64?

    @Flag(
        help: ArgumentHelp(
            "Write the curves for TensorBoard too, into the run's directory tensorboard; a run that began with it "
                + "goes on with it."))
    var tensorboard = false

    @Flag(
        help: ArgumentHelp(
            "Look at the result and the gradients of every operation, and name the first that is infinite or not a number; "
                + "steps take up to a tenth longer. Nothing else changes, so it may come with --resume."
        ))
    var detectAnomaly = false

    @Flag(
        help: ArgumentHelp(
            "Draw the losses, the parts of the model and the latest sample on the terminal as it trains."
        ))
    var dashboard = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if dashboard, common.json {
            throw ValidationError(
                "--dashboard is for a reader at a terminal and --json for a program; give one of them."
            )
        }
    }

    func run() throws {
        common.apply()
        Interruption.listen()
        // A reader of the JSON that has gone away, and a file that may not grow, are errors to be told, after saving, not
        // signals to die of.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let run = try prepared()
        var display = TrainDisplay(run, isJSON: common.json, hasDashboard: dashboard)
        let outcome: TrainingRun.Outcome
        do {
            outcome = try run.run(
                writesTensorBoard: tensorboard, detectsAnomalies: detectAnomaly,
                memoryLimit: what.memory.memoryLimit,
                sample: sampler(for: run),
                shouldStop: { Interruption.isRequested || display.outputError != nil },
                report: { display.show($0) },
                notice: { display.message($0) })
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        let directory = ShellWord.quoted(run.directory.path)
        if let error = display.outputError { throw error }
        if outcome == .interrupted {
            if !common.json {
                let step = run.trainer.stepCount
                Output.message(
                    step == 0
                        ? "Stopped before the first step."
                        : "Stopped after step \(step.grouped), and saved.")
                Output.next("attend train --resume \(directory)")
            }
            throw Interruption.requested
        }
        if common.json { return }
        Self.comparison(of: run.directory.path).forEach(Output.message)
        Output.message("Report: \(run.directory.reportPath)")
        let next =
            switch run.data.description.kind {
            case .text where run.data.description.trainingShare != nil:
                "attend evaluate \(directory) --data \(run.data.description.source)"
            case .text: "attend generate \(directory)"
            case .pairs: "attend translate \(directory)"
            case .masked, .labelled:
                "attend evaluate \(directory) --data \(ShellWord.quoted(run.data.description.source))"
            }
        Output.next(next)
    }

    /// The run beside others on the same text, as lines; none where there are no others.
    private static func comparison(of path: String) -> [String] {
        let runs = RunList.comparison(of: path)
        if runs.isEmpty { return [] }
        let table = TextTable(
            columns: ["run", "tokens", "model", "parameters", "steps", "bits per byte"],
            rows: runs.map { run in
                [
                    run.path.legible + (run.path == path ? " (this run)" : ""), run.tokenizer,
                    run.model, run.parameters.grouped, run.steps.grouped,
                    run.bitsPerByte?.rounded(to: 4) ?? "–",
                ]
            }, wordColumns: 3)
        return ["", "Beside other runs on the same text:"] + table.lines + [""]
    }

    /// Shows what the model does, always from the same random choices.
    private func sampler(for run: TrainingRun) -> (AnyModel) -> ModelSample {
        let examples: RunSampler.Examples =
            switch run.data.content {
            case .text: .none
            case .pairs(let corpus, let dataset):
                .pairs(corpus.validation, dataset.validation, isExact: corpus.isExact)
            case .masked(let dataset): .masked(dataset)
            case .labelled(let texts, let dataset): .labelled(texts, dataset.validation)
            case .equations(let data): .equations(data)
            }
        let sampler = RunSampler(
            run.trainer.configuration, tokenizer: run.data.tokenizer, examples: examples)
        return { model in
            let (text, accuracy) = sampler.sample(model)
            return ModelSample(
                text: text, accuracy: accuracy, trainAccuracy: sampler.trainingAccuracy(of: model))
        }
    }

    private func prepared() throws -> TrainingRun {
        let commandLine = (["attend"] + CommandLine.arguments.dropFirst()).map(ShellWord.quoted)
            .joined(separator: " ")
        guard let resume else {
            let wanted = try what.resolved(seed: seed)
            (wanted.data.notices + wanted.configuration.notices).forEach(Output.message)
            let path =
                out
                ?? RunName.unused(
                    data: wanted.data.description.source, model: wanted.configuration.preset)
            do {
                var (configuration, notice) = try what.memory.fitting(wanted.configuration)
                // Another training than was planned takes another time.
                if notice != nil { configuration.prediction = nil }
                if let notice { Output.message(notice) }
                return try TrainingRun.begin(
                    configuration, data: wanted.data, encoder: wanted.encoder, at: path,
                    commandLine: commandLine)
            } catch let error as ConfigurationError {
                throw UsageError(description: "The sizes cannot be used: \(error).")
            }
        }
        if let flag = what.firstGivenFlag ?? out.map({ _ in "--out" })
            ?? seed.map({ _ in "--seed" })
        {
            throw UsageError(
                description:
                    "--resume continues a run as it was set up, so \(flag) cannot be given with it."
            )
        }
        let (run, notices) = try TrainingRun.resume(
            at: resume, dataNowAt: what.data, commandLine: commandLine)
        notices.forEach(Output.message)
        return run
    }
}
