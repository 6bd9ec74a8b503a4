import AttendTensors
import Foundation
import Testing

/// A process computes with one set of kernels, so the operations are tested again in other processes, one for each other
/// set that this processor can run.
#if os(Linux)
    @Suite(.serialized) struct EveryKernelSetTests {
        private static let environment = ProcessInfo.processInfo.environment
        /// Set in the processes that this suite starts.
        private static let isChild = "ATTEND_TESTS_ARE_CHILD"

        private static let otherSets = ["portable", "avx2", "avx512", "neon"].filter {
            $0 != Processor.instructionSet && Processor.canRun($0)
        }

        @Test(.enabled(if: environment[isChild] == nil), arguments: otherSets)
        func operations(kernels: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = [
                "--testing-library", "swift-testing", "--filter",
                "TensorsTests.Operations|ModelsTests.GPTParityTests",
            ]
            process.environment = Self.environment.merging(
                ["ATTEND_KERNELS": kernels, Self.isChild: "1"]) { $1 }
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let failures = text.split(separator: "\n").filter {
                !$0.contains("◇") && !$0.contains("✔")
            }
            #expect(
                process.terminationReason == .exit && process.terminationStatus == 0,
                "with \(kernels):\n\(failures.joined(separator: "\n"))")
            // Not an empty selection taken for a success.
            #expect(text.contains("instructionSetIsTheOneAskedFor() passed"))
        }
    }
#endif
