import Foundation
import Testing

@Suite("Memory safety is the compiler's business")
struct SafetyTests {
    /// The files outside AttendTensors that may say `unsafe`.
    ///
    /// They speak to the operating system, or hand a tensor's memory to those that do.
    static let permitted: Set<String> = [
        "Sources/Checkpoints/Exchange/ConstantTensor.swift",
        "Sources/Checkpoints/Exchange/ModelReader.swift",
        "Sources/Checkpoints/Exchange/OutgoingTensor.swift",
        "Sources/Checkpoints/Exchange/SharedTensor.swift",
        "Sources/Checkpoints/Exchange/TensorSlice.swift",
        "Sources/Checkpoints/Exchange/TransposedPart.swift",
        "Sources/Checkpoints/Files/DiskFileSystem.swift",
        "Sources/Checkpoints/Files/InputFile.swift",
        "Sources/Checkpoints/Files/OutputFile.swift",
        "Sources/Checkpoints/Files/PathNames.swift",
        "Sources/Checkpoints/Files/SystemCall.swift",
        "Sources/Checkpoints/GGUF/GGUFExport.swift",
        "Sources/Checkpoints/GGUF/GGUFFile.swift",
        "Sources/Checkpoints/GGUF/GGUFWriter.swift",
        "Sources/Checkpoints/Hashing/SHA256.swift",
        "Sources/Checkpoints/ModelWeights.swift",
        "Sources/Checkpoints/NumPy/LoadedModel+NPZ.swift",
        "Sources/Checkpoints/NumPy/NPYElements.swift",
        "Sources/Checkpoints/NumPy/NPYOutput.swift",
        "Sources/Checkpoints/Runs/RunLock.swift",
        "Sources/Checkpoints/Safetensors/ElementConversion.swift",
        "Sources/Checkpoints/Safetensors/SafetensorsFile.swift",
        "Sources/Checkpoints/Safetensors/SafetensorsWriter.swift",
        "Sources/Checkpoints/Safetensors/ShardedSafetensors.swift",
        "Sources/Command/Shared/Interruption.swift",
        "Sources/Command/Shared/StandardStreams.swift",
        "Sources/Text/Data/TextFile.swift",
        "Sources/Training/Metrics/PeakMemory.swift",
        "Sources/Training/Metrics/Terminal.swift",
    ]

    @Test(
        "Every Swift target has strict memory safety and the upcoming features",
        .timeLimit(.minutes(3)))
    func settings() throws {
        let features: Set = [
            "ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault",
        ]
        for target in try PackageDump.current.get().targets {
            let kinds = target.settings.filter { $0.tool == "swift" }.map(\.kind)
            // SwiftPM refuses to use a package with unsafe flags as a dependency.
            #expect(
                !target.settings.contains { $0.kind.unsafeFlags != nil },
                "\(target.name) has unsafe build flags")
            guard target.name != "AttendKernels" else { continue }
            #expect(
                kinds.contains { $0.strictMemorySafety != nil },
                "\(target.name) lacks .strictMemorySafety()")
            let missing = features.subtracting(kinds.compactMap { $0.enableUpcomingFeature?._0 })
            #expect(
                missing.isEmpty, "\(target.name) lacks the upcoming features \(missing.sorted())")
        }
    }

    @Test("Only the files that need it say `unsafe`")
    func unsafeWord() throws {
        for file in try SourceFile.all(below: "Sources") where file.module != "AttendTensors" {
            let line = file.firstLine(with: "unsafe")
            if Self.permitted.contains(file.path) {
                #expect(
                    line != nil,
                    "\(file.path) no longer says `unsafe`: take it from the list of those that may")
            } else {
                #expect(line == nil, "\(file.path):\(line ?? 0) says `unsafe`")
            }
        }
    }

    @Test("Every file that may say `unsafe` exists")
    func permittedFilesExist() throws {
        let paths = Set(try SourceFile.all(below: "Sources").map(\.path))
        #expect(Self.permitted.subtracting(paths).isEmpty)
    }
}
