import Foundation
import Testing

/// The built command, run as a child process as a user would run it.
enum Executable {
    /// What a run left.
    struct Result {
        let status: Int32
        let output: String
        let messages: String

        /// The lines of the messages.
        var lines: [Substring] { messages.split(separator: "\n") }

        /// The output as a JSON object.
        func json() throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return try #require(object as? [String: Any])
        }
    }

    /// Where SwiftPM put the command: beside the test bundle.
    static var url: URL {
        get throws {
            let bundles = CommandLine.arguments.filter { $0.contains(".xctest") }
            let folders = bundles.map { path -> URL in
                let parts = path.components(separatedBy: "/")
                let index = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count
                return URL(fileURLWithPath: parts[..<index].joined(separator: "/"))
            }
            return try #require(
                folders.map { $0.appendingPathComponent("attend") }.first {
                    FileManager.default.isExecutableFile(atPath: $0.path)
                })
        }
    }

    /// A process that has not been started.
    static func process(_ arguments: [String], environment: [String: String] = [:]) throws
        -> Process
    {
        let process = Process()
        process.executableURL = try url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return process
    }

    /// Runs the command to its end.
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Result {
        let process = try process(arguments, environment: environment)
        let (inputPipe, outputPipe, messagePipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inputPipe
        process.standardOutput = outputPipe
        process.standardError = messagePipe
        try process.run()
        // What is written here is little enough for the pipe to hold, whether it is read or not.
        if !input.isEmpty { try inputPipe.fileHandleForWriting.write(contentsOf: Data(input)) }
        try inputPipe.fileHandleForWriting.close()
        let output = try outputPipe.fileHandleForReading.readToEnd() ?? Data()
        let messages = try messagePipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: output, as: UTF8.self),
            messages: String(decoding: messages, as: UTF8.self))
    }

    /// Expects that the command refuses its input with a status and one sentence that has some words in it.
    static func expectRefusal(
        _ arguments: [String], status: Int32, mentioning words: [String] = [],
        environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try run(arguments, environment: environment)
        let said = "\(arguments): \(result.messages)"
        #expect(result.status == status, "\(said)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, "\(said)", sourceLocation: sourceLocation)
        #expect(result.lines.count == 1, "\(said)", sourceLocation: sourceLocation)
        #expect(
            result.messages.hasPrefix("attend: "), "\(said)", sourceLocation: sourceLocation)
        for word in words {
            #expect(
                result.messages.contains(word), "\(word) in \(said)",
                sourceLocation: sourceLocation)
        }
    }
}
