import ArgumentParser
import Attend
import AttendTraining
import AttendModels
import AttendCheckpoints
import AttendTensors
import AttendText
import Foundation

@main
struct AttendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "attend")
    @Argument var workload = "W1"
    @Option var seconds = 5.0
    @Option var threads = 2
    @Option var preset = "default"
    @Option var data: String?
    @Option var steps: Int?
    @Option var rate: Float?
    @Option var seed: UInt64 = 1
    @Option var batch: Int?
    @Option var out = "/tmp/run"
    func run() throws {
        threadCount = threads
        if workload == "train" {
            let p = Preset.named(preset)!
            let t0 = Date()
            let d = try TrainingData(source: data ?? p.data!, seed: seed, tokenizer: p.tokenizer)
            print("data", Date().timeIntervalSince(t0), d.description)
            var m = p.model; m.vocabularySize = d.tokenizer.vocabularySize
            var t = p.training; t.steps = steps ?? t.steps
            if let rate { t.learningRate = rate }
            if let batch { t.batch = batch }
            let c = RunConfiguration(attendVersion: "0", preset: preset, model: m, data: d.description, training: t, seed: seed)
            try? FileManager.default.removeItem(atPath: out)
            let r = try TrainingRun.begin(c, data: d, at: out, commandLine: "attend train")
            _ = try r.run(sample: { model in
                var ids = try! d.tokenizer.encode("\n")
                var caches = model.makeCaches()
                var next = ids
                for _ in 0..<220 { let l = model.nextLogits(next, caches: &caches); next = [l.rowMaxima().indices[0]]; ids += next }
                return d.tokenizer.decode(ids)
            }, shouldStop: { false }, report: { e in
                if case .step = e { return }
                print(e, Date().timeIntervalSince(t0))
            }, notice: { print($0) })
            return
        }
        for w in TrainingWorkload.all where w.name == workload {
            print(w.run(seconds: seconds, seed: 1, precision: .float32))
        }
        print(TensorMemory.peakBytes >> 20, TensorMemory.freeBytes >> 20)
    }
}
