import AttendCheckpoints
import Foundation
import Testing

/// The harness sees what it is there to see: each fault in a process of its own, where nothing else counts.
@Suite struct FuzzRunTests {
    /// A parser that does what a sane one never does.
    private static func target(
        _ parse: @escaping @Sendable (_ bytes: [UInt8]) throws -> Void
    ) -> FuzzTarget {
        FuzzTarget(name: "sample", memoryConstant: 4 << 20) { bytes, _ in try parse(bytes) }
    }

    @Test("An input that takes more memory than its size permits is a fault")
    func memory() async {
        await #expect(processExitsWith: .success) {
            let run = try FuzzRun(
                FuzzRunTests.target { bytes in
                    let count = bytes.isEmpty ? 0 : 2 << 20
                    withExtendedLifetime([Int](repeating: 1, count: count)) {}
                }, limits: FuzzLimits())
            #expect(run.fault(with: []) == nil)
            // Where the system does not tell, there is nothing to see.
            guard run.largest != nil else { return }
            for _ in 0..<3 {
                let fault = try #require(run.fault(with: [1]))
                #expect(fault.contains("over the limit \((4 << 20) + 1024)"))
            }
            #expect(run.fault(with: []) == nil)
            #expect(run.fault(with: Array(repeating: 1, count: 16 << 10)) == nil)
        }
    }

    #if os(Linux)
        @Test("A reservation that is never touched is a trap")
        func reservation() async {
            await #expect(processExitsWith: .failure) {
                let run = try FuzzRun(
                    FuzzRunTests.target { _ in
                        var reserved: [UInt8] = []
                        reserved.reserveCapacity(4 << 30)
                        withExtendedLifetime(reserved) {}
                    }, limits: FuzzLimits())
                _ = run.fault(with: [])
            }
        }
    #endif

    @Test("A slow input is a fault")
    func slowness() async {
        await #expect(processExitsWith: .success) {
            var limits = FuzzLimits()
            limits.seconds = 0.02
            let run = try FuzzRun(
                FuzzRunTests.target { bytes in
                    let start = ProcessMeasure.threadSeconds
                    while !bytes.isEmpty, ProcessMeasure.threadSeconds - start < 0.03 {}
                }, limits: limits)
            #expect(run.fault(with: []) == nil)
            #expect(try #require(run.fault(with: [1])).contains("over the limit 0.02"))
        }
    }

    @Test("An input without end ends the process")
    func hang() async {
        await #expect(processExitsWith: .signal(SIGPROF)) {
            var limits = FuzzLimits()
            limits.hangSeconds = 1
            let run = try FuzzRun(
                FuzzRunTests.target { _ in while ProcessMeasure.threadSeconds < 60 {} },
                limits: limits)
            _ = run.fault(with: [])
        }
    }

    @Test("An error of another kind than a parser's is a fault")
    func errors() throws {
        let run = try FuzzRun(
            FuzzRunTests.target { bytes in
                if bytes.isEmpty { throw CocoaError(.fileReadUnknown) }
                throw CheckpointError(.malformed, path: "a", "is wrong")
            }, limits: nil)
        #expect(try #require(run.fault(with: [])).contains("CocoaError is no error of a parser"))
        #expect(run.fault(with: [1]) == nil)
        #expect(run.refused == 2)
    }

    @Test("Mutations of a ZIP file get behind its checksums")
    func checksums() throws {
        let target = try #require(FuzzTarget.all.first { $0.name == "npz" })
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("attend-zip-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = InputOnDisk(path)
        var mutator = InputMutator(target, corpus: try target.corpus(), seed: 1)
        var faultsOfArrays = 0
        for _ in 0..<1000 {
            let input = mutator.input()
            file.replace(by: input)
            do {
                try target.parse(input, path)
            } catch let error as CheckpointError {
                if error.path.contains("array") { faultsOfArrays += 1 }
            }
        }
        #expect(faultsOfArrays > 100)
    }

    @Test("The parts of a ZIP file that NumPy wrote are packed as a reader expects them")
    func packing() throws {
        let target = try #require(FuzzTarget.all.first { $0.name == "npz" })
        let run = try FuzzRun(target, limits: nil)
        // The other input is compressed, which is not read.
        let input = try #require(target.corpus().last)
        #expect(try run.fault(with: #require(ZipParts(input)).bytes) == nil)
        #expect(run.accepted == 1)
    }
}
