import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendText
import AttendTraining
import Foundation

/// A parser that is given inputs of which most are wrong.
///
/// ``all`` is the one list of them, of the mutation runner as of the fuzzer that is guided by coverage.
struct FuzzTarget: Sendable, CustomStringConvertible {
    /// The name, which is that of the folder of its corpus too.
    let name: String
    /// What has a meaning in the format.
    var words: [String] = []
    /// The most bytes of an input.
    var largestSize = 4096
    /// The most memory for any input, to which ``memoryPerByte`` comes.
    var memoryConstant = 4 << 20
    /// The name of the file that holds the input.
    var fileName = "input"
    /// Makes what lies beside that file, which is there and empty.
    var prepare: @Sendable (_ directory: String) throws -> Void = { _ in }
    /// Whether the input is a ZIP file, half of whose mutations are made inside of it and get behind its checksums.
    var isZip = false
    /// Parses an input.
    ///
    /// - Parameters:
    ///   - bytes: the input.
    ///   - path: a file with the same bytes.
    let parse: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

    /// The further memory that a parser may take for each byte of its input.
    static let memoryPerByte = 1024

    /// The most memory that the parser may take for an input of so many bytes, whatever it declares.
    func memoryLimit(forSize size: Int) -> Int {
        memoryConstant + Self.memoryPerByte * size
    }

    var description: String { name }

    static let all: [FuzzTarget] =
        textTargets + templateTargets + dataTargets + tensorTargets
        + modelTargets + runTargets

    /// Whether an error is one that a parser may throw.
    static func isExpected(_ error: any Error) -> Bool {
        error is CheckpointError || error is TokenizerError || error is ChatTemplateError
            || error is ChatMessageError || error is JSONScanner.Fault || error is FieldFault
            || error is LoadingError || error is ConfigurationError || error is DataError
            || error is MetricsLogError
            // What a run directory's reader makes a sentence of.
            || "\(type(of: error))" == "FormatError"
    }

    /// The inputs to start from, in the order of their names.
    func corpus() throws -> [[UInt8]] {
        let folder = Self.tests.appendingPathComponent("FuzzTests/FuzzCorpus/\(name)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { try Array(Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    /// The folder of all tests, whose fixtures lie beside inputs.
    static let tests = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
}
