import AttendCheckpoints
import AttendText
import Foundation
import Testing

struct RunDirectoryTests {
    struct Configuration: Codable, Equatable {
        var width = 64
        var name = "tales"
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func explanation(_ body: () throws -> Void) -> String {
        #expect(throws: CheckpointError.self, performing: body)?.explanation ?? ""
    }

    @Test func aRunIsMadeAndOpenedAgain() throws {
        let path = directory.path("runs/a/b")
        let run = try RunDirectory.create(at: path)
        try run.writeConfiguration(Configuration())
        try run.writeTokenizer(.byte(ByteTokenizer()))
        try run.snapshots.saveSample(step: 1)
        let opened = try RunDirectory.open(at: path)
        #expect(try opened.configuration(as: Configuration.self) == Configuration())
        #expect(try opened.tokenizer() == .byte(ByteTokenizer()))
        #expect(try opened.snapshots.find(.latest)?.snapshot.step == 1)
        #expect(opened.configurationPath == "\(path)/config.json")
        #expect(opened.metricsPath == "\(path)/metrics.jsonl")
        #expect(opened.tokenizerPath == "\(path)/tokenizer.json")
        #expect(opened.reportPath == "\(path)/report.html")
        #expect(opened.samplesPath == "\(path)/samples.txt")
        #expect(
            try directory.names("runs/a/b") == ["checkpoints", "config.json", "tokenizer.json"])
    }

    @Test func anEmptyDirectoryOrOneWithOnlyALockWillDo() throws {
        let path = directory.path("run")
        let run = try RunDirectory.create(at: path)
        _ = try run.lock()
        _ = try RunDirectory.create(at: path)
    }

    @Test func aDirectoryWithSomethingInItIsRefused() throws {
        let path = directory.path("run")
        let run = try RunDirectory.create(at: path)
        try directory.write("x", to: "run/notes")
        #expect(
            explanation { _ = try RunDirectory.create(at: path) }
                == "is not empty (it has “notes”); give a new or an empty directory")
        try run.writeConfiguration(Configuration())
        #expect(
            explanation { _ = try RunDirectory.create(at: path) }
                == "holds a run already; resume it with --resume, or give a new directory")
        #expect(
            explanation { _ = try RunDirectory.create(at: "\(path)/notes") }
                == "is a file; give a new or an empty directory")
        #expect(throws: CheckpointError.self) { try RunDirectory.create(at: "\(path)/notes/run") }
        #expect(throws: CheckpointError.self) { try RunDirectory.create(at: "") }
    }

    @Test(arguments: [(EACCES, "permission for"), (EROFS, "can be written"), (ENOSPC, "space")])
    func aParentThatCannotBeWrittenIsASentence(code: Int32, words: String) {
        let error = #expect(throws: CheckpointError.self) {
            try RunDirectory.create(
                at: directory.path("run"), in: FaultyFileSystem(.failure(code), at: 1))
        }
        #expect(error?.kind == .system(code: code))
        #expect(error?.description.contains(words) == true)
    }

    #if os(Linux)
        @Test func aParentThatReallyCannotBeWritten() {
            #expect(throws: CheckpointError.self) { try RunDirectory.create(at: "/proc/attend") }
        }
    #endif

    @Test func whatIsNoRunIsRefused() throws {
        #expect(
            explanation { _ = try RunDirectory.open(at: directory.path("none")) }
                .hasPrefix("does not exist; give the directory of a run"))
        #expect(
            explanation { _ = try RunDirectory.open(at: directory.path) }
                .hasPrefix("has no file config.json"))
        try directory.write("x", to: "file")
        #expect(
            explanation { _ = try RunDirectory.open(at: directory.path("file")) }
                == "is a file; give the directory of a run")
    }

    @Test func anEditedOrCutConfigurationNamesItsField() throws {
        let run = try RunDirectory.create(at: directory.path("run"))
        func read(_ text: String) throws -> String {
            try directory.write(text, to: "run/config.json")
            return explanation { _ = try run.configuration(as: Configuration.self) }
        }
        #expect(
            try read(#"{"width":64,"name":"x","widht":1}"#)
                == "the field widht is unknown; did you mean width?")
        #expect(try read(#"{"width":64}"#) == "the field name is missing; add it")
        #expect(try read(#"{"width":64,"#).hasPrefix("line 1 the text ends where"))
        #expect(try read("").hasPrefix("line 1 the text ends where"))
    }

    @Test func aConfigurationThatIsALinkIsNotFollowed() throws {
        try directory.write(#"{"width":64,"name":"x"}"#, to: "outside")
        let run = try RunDirectory.create(at: directory.path("run"))
        try FileManager.default.createSymbolicLink(
            atPath: run.configurationPath, withDestinationPath: directory.path("outside"))
        #expect(throws: CheckpointError.self) {
            try run.configuration(as: Configuration.self)
        }
        #expect(throws: CheckpointError.self) { try RunDirectory.open(at: run.path) }
    }
}
