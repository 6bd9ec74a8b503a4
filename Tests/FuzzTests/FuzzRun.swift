import AttendTensors
import Foundation

/// What every parser is held to for each of its inputs, beside the memory that ``FuzzTarget`` says.
struct FuzzLimits {
    /// The most processor time, in seconds.
    var seconds = 1.0
    /// The processor time after which the process ends with SIGPROF, for what would never return; 0 for none.
    var hangSeconds = 10
    /// The most bytes of addresses above those in use at the start, so that a reservation that is never touched
    /// fails too.
    var addressSpace = 1 << 30
}

/// Gives inputs to one parser and measures each.
final class FuzzRun {
    let target: FuzzTarget
    private(set) var accepted = 0
    private(set) var refused = 0
    /// The most processor time of an input, in seconds.
    private(set) var longest = 0.0
    /// The most memory that an input took, in bytes; nil where the system does not say.
    private(set) var largest: Int?
    /// The processor time of all inputs, in seconds.
    private(set) var seconds = 0.0

    private let limits: FuzzLimits?
    private let folder: String
    private let file: InputOnDisk

    /// Prepares the parser's files.
    ///
    /// - Parameter limits: nil where other work goes on in the process, whose time and memory would be counted.
    init(_ target: FuzzTarget, limits: FuzzLimits?) throws {
        self.target = target
        self.limits = limits
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("attend-fuzz-\(target.name)-\(UUID().uuidString)").path
        let path = "\(folder)/\(target.fileName)"
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        file = InputOnDisk(path)
        try target.prepare(folder)
        if let limits {
            // All of a parser's time is this thread's then.
            threadCount = 1
            ProcessMeasure.limitAddressSpace(toFurther: limits.addressSpace)
        }
    }

    deinit {
        if limits != nil { ProcessMeasure.limitAddressSpace(toFurther: nil) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The file that holds the present input.
    var path: String { file.path }

    /// Gives the parser an input.
    ///
    /// - Returns: what is wrong with the parser, nil where it accepted or refused the input as it should.
    func fault(with input: [UInt8]) -> String? {
        file.replace(by: input)
        if let limits { ProcessMeasure.endProcess(afterSeconds: limits.hangSeconds) }
        defer { if limits != nil { ProcessMeasure.endProcess(afterSeconds: 0) } }
        if limits != nil, (accepted + refused) % 256 == 0 { ProcessMeasure.giveBackMemory() }
        let memoryBefore = limits == nil ? nil : ProcessMeasure.restartPeak()
        let start = ProcessMeasure.threadSeconds
        var fault: String?
        do {
            try target.parse(input, file.path)
            accepted += 1
        } catch {
            refused += 1
            if !FuzzTarget.isExpected(error) {
                fault = "\(type(of: error)) is no error of a parser: \(error)"
            }
        }
        let taken = ProcessMeasure.threadSeconds - start
        seconds += taken
        longest = max(longest, taken)
        guard let limits else { return fault }
        if taken > limits.seconds {
            fault = "it took \(taken) seconds, over the limit \(limits.seconds)"
        }
        if let memoryBefore, let peak = ProcessMeasure.peak {
            let memory = max(0, peak - memoryBefore)
            largest = max(largest ?? 0, memory)
            let limit = target.memoryLimit(forSize: input.count)
            if memory > limit { fault = "it took \(memory) bytes, over the limit \(limit)" }
        }
        return fault
    }

    /// Forgets the counts, so that they are those of what comes.
    func restart() {
        (accepted, refused, longest, largest, seconds) = (0, 0, 0, nil, 0)
    }

    /// A line of the table of Documentation/Limits.md.
    var row: String {
        let columns = [
            target.name, "\(accepted + refused)", String(format: "%.0f", seconds), "\(accepted)",
            "\(refused)", String(format: "%.1f ms", longest * 1000),
            largest.map { String(format: "%.2f MB", Double($0) / 1e6) } ?? "–",
        ]
        return "| " + columns.joined(separator: " | ") + " |"
    }
}
