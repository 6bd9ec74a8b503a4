import AttendCheckpoints
import AttendModels
import AttendText
import AttendTraining
import Foundation

extension FuzzTarget {
    /// The files of a training run.
    static let runTargets = [
        runConfiguration, runYAML, runWeights, snapshotManifest, metrics, records,
    ]

    private static let runConfiguration = FuzzTarget(
        name: "run-config",
        words: [
            "formatVersion", "architecture", "model", "training", "data", "gpt", "llama", "seed",
            "width",
        ]
    ) { bytes, path in
        let run = try StrictJSON.decode(RunConfiguration.self, from: bytes, file: path)
        try run.model.sizes.validate()
    }

    private static let runYAML = FuzzTarget(
        name: "run-yaml",
        words: [
            "preset: ", "training:\n", "  steps: ", "model: {", "- ", "? ", "&a ", "*a", "!!str ",
            "---\n", "|\n", ">-\n", "\"", "'", "#", "default", "%YAML 1.2\n", "<<: ",
        ],
        // What the library sets up once, at the first input.
        memoryConstant: 8 << 20
    ) { bytes, path in
        let preset = Preset.all[0].configuration(version: "0")
        _ = try RunConfiguration.read(
            yaml: bytes, file: path, presetNames: [preset.preset],
            preset: { $0 == preset.preset ? preset : nil })
    }

    private static let runWeights = FuzzTarget(
        name: "run-weights",
        words: ["dtype", "shape", "data_offsets", "__metadata__", "F32", "BF16", "blocks.0."],
        fileName: "run/checkpoints/step-1/model.safetensors",
        prepare: { directory in
            let place = directory + "/made"
            let run = try RunDirectory.create(at: place)
            let data = DataDescription(
                source: "ab", sha256: "0", trainingCharacterCount: 9, validationCharacterCount: 9,
                documentSeparator: nil, floor: nil)
            let settings = TrainingSettings(
                steps: 1, batch: 1, learningRate: 1, finalLearningRate: 1, warmupSteps: 0,
                evaluationInterval: 1, evaluationTokens: 8)
            let sizes = GPT.Configuration(
                vocabularySize: 3, contextLength: 4, layerCount: 1, headCount: 1, width: 2,
                hiddenWidth: 2, hasBias: false)
            try run.writeConfiguration(
                RunConfiguration(
                    attendVersion: "0", preset: "own", model: .gpt(sizes), data: data,
                    training: settings, seed: 1))
            try run.writeTokenizer(.character(CharacterTokenizer(text: "ab\n")))
            for name in ["config.json", "tokenizer.json"] {
                try FileManager.default.moveItem(
                    atPath: "\(place)/\(name)", toPath: "\(directory)/run/\(name)")
            }
            let checkpoints = directory + "/run/checkpoints/"
            try AtomicFile.write("step-1\n", to: checkpoints + "latest")
            try AtomicFile.write("step-1\n", to: checkpoints + "best")
            try writeRest(ofSnapshot: checkpoints + "step-1")
        },
        parse: { _, path in
            // The hash of the file as it is now, or all would end there.
            let snapshot = String(path.dropLast("/model.safetensors".utf8.count))
            let manifest = try manifest(ofSnapshot: snapshot)
            try manifest.write(
                toFile: snapshot + "/manifest.json", atomically: false, encoding: .utf8)
            let run = String(snapshot.dropLast("/checkpoints/step-1".utf8.count))
            _ = try LoadedModel.load(run, choice: .latest)
        })

    private static let snapshotManifest = FuzzTarget(
        name: "snapshot-manifest",
        words: [
            "formatVersion", "step", "files", "byteCount", "sha256", "model.safetensors",
            "state.json", "../state.json",
        ], fileName: "step-1/manifest.json",
        prepare: { directory in
            try AtomicFile.write("", to: directory + "/step-1/model.safetensors")
            try writeRest(ofSnapshot: directory + "/step-1")
        },
        parse: { _, path in
            let snapshot = String(path.dropLast("/manifest.json".utf8.count))
            try Snapshot(path: snapshot).verify()
        })

    /// The files of a snapshot beside its model.
    private static func writeRest(ofSnapshot directory: String) throws {
        try AtomicFile.write("", to: directory + "/optimizer.safetensors")
        try AtomicFile.write("{}", to: directory + "/state.json")
    }

    /// A list of files with their hashes.
    private static func manifest(ofSnapshot directory: String) throws -> String {
        let files = try ["model.safetensors", "optimizer.safetensors", "state.json"].map { name in
            let known = try FileFingerprint(ofFile: "\(directory)/\(name)")
            return #""\#(name)":{"byteCount":\#(known.byteCount),"sha256":"\#(known.sha256)"}"#
        }
        return #"{"formatVersion":1,"step":1,"files":{\#(files.joined(separator: ","))}}"#
    }

    private static let metrics = FuzzTarget(
        name: "metrics-log",
        words: [
            "event", "start", "step", "evaluation", "sample", "done", "loss", "text", "floor",
            "parameters", "seconds",
        ]
    ) { bytes, path in
        let events = try MetricsLog.events(in: URL(fileURLWithPath: path))
        _ = events.map(\.jsonLine)
        _ = try MetricsLog.outline(of: URL(fileURLWithPath: path), atMost: bytes.count)
    }

    private static let records = FuzzTarget(
        name: "tensorboard-records", words: ["brain.Event:2", "loss/step"]
    ) { bytes, path in
        // Behind the checksums, which hardly any mutation gets past.
        _ = TensorBoardEvent.step(in: bytes.dropFirst(12))
        let length = try RecordFraming.length(of: InputFile(path: path)) {
            TensorBoardEvent.step(in: $0) < 1_000
        }
        if length < bytes.count {
            throw CheckpointError(.damaged, path: path, "has \(length) bytes of whole records")
        }
    }
}
