import AttendCheckpoints
import AttendModels
import AttendText
import AttendTraining
import Foundation
import Testing

/// Runs that learn from a folder of ids.
@Suite("Runs on prepared texts", .serialized)
struct PreparedRunTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    /// A run on the text of ``SmallRuns``, prepared.
    private func begin(
        _ name: String, separator: String? = nil, packing: Packing = .windows
    ) throws -> TrainingRun {
        let place = runs.path("prepared-\(separator ?? "")")
        if !PreparedText.isPrepared(place) {
            var preparation = TextPreparation(source: runs.path("text"), vocabulary: .characters)
            preparation.separator = separator
            preparation.shardTokens = 1000
            _ = try preparation.write(to: place)
        }
        var configuration = try runs.configured(.text).configuration
        let data = try TrainingData(
            .init(source: place, seed: configuration.seed, tokenizer: .character))
        configuration.data = data.description
        configuration.model = configuration.model.withVocabulary(data.tokenizer.vocabularySize)
        configuration.training.packing = packing
        return try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
    }

    @Test("A run on files has the losses and weights of one on the same text in memory")
    func sameAsInMemory() throws {
        try runs.train(runs.begin("memory", .text))
        try runs.train(begin("files"))
        #expect(try runs.bytes("memory") == runs.bytes("files"))
        #expect(try runs.log("memory") == runs.log("files"))
    }

    @Test(
        "A run on files that was stopped and resumed equals one that was not, to the bit",
        arguments: [(nil, Packing.windows), ("\n", .windows), ("\n", .documents)])
    func resume(separator: String?, packing: Packing) throws {
        try runs.train(begin("whole", separator: separator, packing: packing))
        do {
            let run = try begin("stopped", separator: separator, packing: packing)
            #expect(try !runs.train(run, stopAfter: 7).isFinished)
        }
        #expect(try runs.train(runs.resume("stopped")).isFinished)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("stopped", file: file) == runs.bytes("whole", file: file))
        }
        #expect(try runs.log("stopped") == runs.log("whole"))
    }

    @Test("A run is not resumed on other files, nor on none")
    func changedData() throws {
        do { #expect(try !runs.train(begin("stopped"), stopAfter: 5).isFinished) }
        let place = runs.path("prepared-")
        // Ids that were exchanged, in a file of the same length.
        let shard = URL(fileURLWithPath: place + "/training-00000.bin")
        var ids = try Data(contentsOf: shard)
        ids.swapAt(0, 2)
        ids[4] ^= 1
        try ids.write(to: shard)
        #expect { try runs.resume("stopped") } throws: {
            "\($0)".contains("training-00000.bin: is not what was written (its SHA-256 differs)")
        }
        try FileManager.default.removeItem(atPath: place)
        var preparation = TextPreparation(source: runs.path("text"), vocabulary: .characters)
        preparation.heldOut = 0.2
        _ = try preparation.write(to: place)
        #expect { try runs.resume("stopped") } throws: { "\($0)".contains("SHA-256") }
        // A file that ends too early while a run goes on is an error, and no trap.
        let run = try begin("cut")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: place + "/training-00000.bin"))
        try file.truncate(atOffset: 0)
        try file.close()
        #expect(throws: CheckpointError.self) { try runs.train(run) }
    }
}
