import AttendCheckpoints
import AttendModels
import Foundation
import Testing

@Suite("Sentence-embedding directories")
struct SentenceDirectoryTests {
    @Test("Pooling, length and normalisation are read, in the forms of old and new versions")
    func defaults() throws {
        let new = try LoadedModel.load(fixture("huggingface/sentence-mean"))
        #expect(new.embedding?.pooling == .mean && new.embedding?.normalises == true)
        #expect(new.embedding?.longest == 48 && new.embedding?.prompt == "")
        let old = try LoadedModel.load(fixture("huggingface/sentence-cls"))
        #expect(old.embedding?.pooling == .first && old.embedding?.normalises == false)
        #expect(old.embedding?.longest == 16)
        #expect(old.configuration.architecture == .encoder && old.notices.isEmpty)
    }

    /// Git keeps no empty folders, so most clones lack that of a step without files.
    @Test("A step that normalises needs no folder, one that pools does")
    func missingFolders() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path("copy")
        try FileManager.default.copyItem(
            atPath: fixture("huggingface/sentence-mean"), toPath: path)
        try? FileManager.default.removeItem(atPath: "\(path)/2_Normalize")
        #expect(try LoadedModel.load(path).embedding?.normalises == true)
        try FileManager.default.removeItem(atPath: "\(path)/1_Pooling")
        let error = #expect(throws: CheckpointError.self) { try LoadedModel.load(path) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("has no folder 1_Pooling"))
    }

    private func refused(
        _ name: String, _ file: String, _ old: String, _ new: String, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path("copy")
        try FileManager.default.copyItem(
            atPath: fixture("huggingface/\(name)"), toPath: path)
        try edit("\(path)/\(file)", old, new)
        let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
            try LoadedModel.load(path)
        }
        for word in words {
            #expect(
                error?.description.contains(word) == true, "\(error?.description ?? "")",
                sourceLocation: sourceLocation)
        }
    }

    @Test("Steps that are not implemented are named")
    func steps() throws {
        try refused(
            "sentence-mean", "modules.json", "modules.normalize.Normalize", "modules.dense.Dense",
            "modules.json", "Transformer, Pooling, Dense")
        try refused(
            "sentence-mean", "modules.json", "sentence_transformers.base.modules.normalize",
            "elsewhere", "elsewhere.Normalize")
        try refused(
            "sentence-mean", "1_Pooling/config.json", "\"mean\"", "\"lasttoken\"", "lasttoken")
        try refused(
            "sentence-cls", "1_Pooling/config.json", "\"pooling_mode_max_tokens\": false",
            "\"pooling_mode_max_tokens\": true", "cls and max")
        try refused(
            "sentence-cls", "1_Pooling/config.json", "\"word_embedding_dimension\": 20",
            "\"word_embedding_dimension\": 21", "word_embedding_dimension is 21")
        try refused(
            "sentence-cls", "0_Transformer/sentence_bert_config.json", "\"do_lower_case\": false",
            "\"do_lower_case\": true", "do_lower_case")
    }

    @Test("A step outside of the directory is refused")
    func outside() throws {
        for path in ["../sentence-mean", "/etc", "..", "a/b"] {
            try refused(
                "sentence-cls", "modules.json", "\"0_Transformer\"", "\"\(path)\"", "plain name")
        }
        try refused(
            "sentence-cls", "modules.json", "\"0_Transformer\"", "\"missing\"",
            "has no folder missing")
    }

    @Test("Modules that are no list of steps are refused")
    func malformed() throws {
        for text in ["{}", "[1]", "[{}]", "[{\"type\": 1, \"path\": \"\"}]", "[", "null"] {
            let scratch = try TemporaryDirectory()
            try scratch.write(text, to: "modules.json")
            #expect(throws: CheckpointError.self) { try LoadedModel.load(scratch.path) }
        }
    }
}
