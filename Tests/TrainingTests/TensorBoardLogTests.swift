import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite final class TensorBoardLogTests {
    private let folder = NSTemporaryDirectory() + "attend-tensorboard-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func step(_ number: Int) -> MetricEvent {
        .step(
            .init(
                step: number, loss: 1, learningRate: 0.5, gradientNorm: 1, tokensPerSecond: 1))
    }

    /// The steps that a file tells of, the form of the file and restarts included.
    private func steps(_ path: String) throws -> [UInt64] {
        var steps: [UInt64] = []
        let file = try InputFile(path: path)
        let length = try RecordFraming.length(of: file) {
            steps.append(TensorBoardEvent.step(in: $0))
            return true
        }
        #expect(length == file.size)
        return steps
    }

    @Test func aResumedRunTellsOfNoStepTwice() throws {
        var first: TensorBoardLog? = try TensorBoardLog(in: folder, afterStep: 0)
        let path = try #require(first?.path)
        for number in 1...9 { try first?.append(step(number)) }
        try first?.append(.evaluation(.init(step: 9, trainLoss: 1, validationLoss: 2)))
        // Neither the start nor a text has a curve.
        try first?.append(.start(.init(parameters: 1, run: "a")))
        try first?.append(.sample(.init(step: 9, text: "a")))
        #expect(try steps(path) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9])
        first = nil
        // Torn, as a kill leaves it.
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.dropLast(5).write(to: URL(fileURLWithPath: path))

        let second = try TensorBoardLog(in: folder, afterStep: 6)
        try second.append(step(7))
        #expect(try steps(path) == [0, 1, 2, 3, 4, 5, 6])
        // The restart is at the first step that comes again.
        #expect(try steps(second.path) == [0, 7, 7])
        // Also within the same second, files continue each other by name.
        #expect(second.path > path)

        let third = try TensorBoardLog(in: folder, afterStep: 3)
        try third.append(step(4))
        #expect(try steps(path) == [0, 1, 2, 3])
        #expect(try steps(second.path) == [0])
        #expect(try steps(third.path) == [0, 4, 4] && third.path > second.path)
    }

    @Test func filesOfOthersAreLeftAlone() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let names = [
            "events.out.tfevents.1700000000.host", "events.out.tfevents.x.attend", "notes.txt",
            "events.out.tfevents.99999999999999999999.attend",
        ]
        for name in names {
            try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let log = try TensorBoardLog(in: folder, afterStep: 3)
        #expect(!names.contains(URL(fileURLWithPath: log.path).lastPathComponent))
        for name in names {
            #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) == "mine")
        }
    }

    @Test func aFullDiskIsASentence() throws {
        guard FileManager.default.isWritableFile(atPath: "/dev/full") else { return }
        let error = try #require(throws: CheckpointError.self) {
            try TensorBoardLog(in: self.folder, afterStep: 0, disk: FullDisk())
        }
        #expect(error.description.contains("cannot be written"), "\(error)")
    }

    @Test func aTrainingTellsOfEachStepOnceHoweverItWasStopped() throws {
        let runs = try SmallRuns()
        var run: TrainingRun? = try runs.begin("run", .text)
        var notices: [String] = []
        func train(_ flag: Bool, until limit: Int) throws {
            _ = try run?.run(
                writesTensorBoard: flag, sample: { _ in ModelSample(text: "", accuracy: 0.5) },
                shouldStop: { run.map { $0.trainer.stepCount >= limit } ?? true },
                report: { _ in }, notice: { notices.append($0) })
        }
        try train(true, until: 6)
        run = nil
        run = try runs.resume("run")
        // It began with it, so it goes on with it.
        try train(false, until: .max)
        let folder = runs.path("run/tensorboard")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count == 2)
        let all = try names.map { try steps("\(folder)/\($0)") }
        // Evaluations are at 0, 4, 8 and 12; the second file begins with the restart.
        #expect(all.first == [0, 0, 1, 1, 2, 3, 4, 4, 4, 5, 6])
        #expect(all.last == [0, 7, 7, 8, 8, 8, 9, 10, 10, 11, 12, 12, 12])
        #expect(notices.isEmpty)
    }

    @Test func aTrainingIsNotLostForADrawing() throws {
        let runs = try SmallRuns()
        let run = try runs.begin("run", .text)
        try Data().write(to: URL(fileURLWithPath: runs.path("run/tensorboard")))
        var notices: [String] = []
        let outcome = try run.run(
            writesTensorBoard: true, sample: { _ in ModelSample(text: "") },
            shouldStop: { false }, report: { _ in }, notice: { notices.append($0) })
        #expect(outcome == .finished)
        #expect(notices.count == 1 && notices.first?.hasPrefix("TensorBoard") == true)
        #expect(try runs.log("run").count == 1 + 12 + 5 + 2 * 4 + 1)
    }
}

/// A disk without room for a single byte.
private struct FullDisk: FileSystem {
    private let disk = DiskFileSystem()

    func createDirectory(_ path: String) throws(CheckpointError) {
        try disk.createDirectory(path)
    }
    func createFile(_ path: String) throws(CheckpointError) -> Int32 {
        unsafe open("/dev/full", O_WRONLY)
    }
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String)
        throws(CheckpointError)
    {
        unsafe try disk.write(bytes, to: descriptor, path: path)
    }
    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try disk.synchronize(descriptor, path: path)
    }
    func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try disk.close(descriptor, path: path)
    }
    func rename(_ source: String, to destination: String) throws(CheckpointError) {
        try disk.rename(source, to: destination)
    }
    func synchronizeDirectory(_ path: String) throws(CheckpointError) {
        try disk.synchronizeDirectory(path)
    }
    func removeFile(_ path: String) throws(CheckpointError) { try disk.removeFile(path) }
    func removeDirectory(_ path: String) throws(CheckpointError) {
        try disk.removeDirectory(path)
    }
}
