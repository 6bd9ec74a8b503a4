import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite("Presets as configurations")
struct PresetConfigurationTests {
    @Test("Every preset can be written and read again", arguments: Preset.names)
    func reading(name: String) throws {
        let preset = try #require(Preset.named(name))
        let configuration = preset.configuration(version: "test")
        let path = NSTemporaryDirectory() + "attend-preset-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(StrictJSON.encode(configuration, file: path), to: path)
        let read = try RunConfiguration.read(fromFile: path)
        #expect(read == configuration)
        #expect(read.preset == name && read.training == preset.training)
        #expect(read.data.kind == preset.kind && read.data.tokenizer == preset.tokenizer.rawValue)
        #expect(read.data.source == preset.data ?? preset.sourcePlaceholder)
        #expect((read.data.trainingShare == 0.4) == (name == "modular-addition"))
        // A vocabulary of pieces gets the size that --preset would give it.
        if preset.tokenizer == .bytePair {
            #expect(read.model.vocabularySizes.allSatisfy { $0 == preset.vocabularySize })
        } else {
            #expect(read.model == preset.model)
        }
    }
}
