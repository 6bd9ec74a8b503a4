import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite struct GPTConfigurationTests {
    private let small = GPT.Configuration(
        vocabularySize: 11, contextLength: 7, layerCount: 2, headCount: 3, width: 12)

    @Test func gpt2SmallHasItsKnownSizes() {
        var configuration = GPT.Configuration.gpt2Small
        #expect(configuration.parameterCount == 124_439_808)
        #expect(configuration.flopsPerToken * 1024 * 3 == 874_944_921_600)
        configuration.hasBias = false
        #expect(configuration.parameterCount == 124_337_664)
    }

    @Test(arguments: [true, false])
    func countIsThatOfTheModel(hasBias: Bool) {
        var configuration = small
        configuration.hasBias = hasBias
        configuration.hiddenWidth = 17
        var random = RandomSource(seed: 1)
        let model = GPT(configuration, random: &random)
        #expect(model.parameterCount == configuration.parameterCount)
        #expect(model.trainableParameterCount == configuration.parameterCount)
    }

    @Test func hiddenWidthIsFourWidths() {
        #expect(small.hiddenWidth == 48)
    }

    @Test func goodSizesAreAccepted() throws {
        try small.validate()
        try GPT.Configuration.gpt2Small.validate()
    }

    private func problems(_ change: (inout GPT.Configuration) -> Void) -> String? {
        var configuration = small
        change(&configuration)
        do {
            try configuration.validate()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func badSizesAreNamed() {
        #expect(
            problems { $0.vocabularySize = 0 }
                == "vocabularySize is 0, but must be from 1 to 10000000")
        #expect(
            problems { $0.contextLength = -1 }
                == "contextLength is -1, but must be from 1 to 1048576")
        #expect(
            problems { $0.layerCount = 1025 } == "layerCount is 1025, but must be from 1 to 1024")
        #expect(problems { $0.headCount = 0 } == "headCount is 0, but must be from 1 to 4096")
        #expect(problems { $0.headCount = 5 } == "headCount 5 does not divide width 12")
        #expect(problems { $0.headCount = 24 } == "headCount 24 does not divide width 12")
        #expect(problems { $0.width = .max } == "width is \(Int.max), but must be from 1 to 65536")
        #expect(
            problems { $0.hiddenWidth = .min }
                == "hiddenWidth is \(Int.min), but must be from 1 to 524288")
        for dropout in [Float](arrayLiteral: -0.1, 1, .nan, .infinity) {
            #expect(
                problems { $0.dropout = dropout }
                    == "dropout is \(dropout), but must be at least 0 and less than 1")
        }
        for epsilon in [Float](arrayLiteral: 0, -1e-5, 1, .nan) {
            #expect(
                problems { $0.normEpsilon = epsilon }
                    == "normEpsilon is \(epsilon), but must be between 0 and 1")
        }
    }

    @Test func everyProblemIsListed() {
        #expect(
            problems {
                $0.layerCount = 0
                $0.width = 0
                $0.dropout = 2
            }
                == "layerCount is 0, but must be from 1 to 1024; width is 0, but must be from 1 to 65536;"
                + " dropout is 2.0, but must be at least 0 and less than 1")
    }

    /// Each size is allowed, but not all of them at once; the count itself must not overflow.
    @Test func largestSizesAreTooManyParameters() throws {
        let message = problems {
            $0.vocabularySize = 10_000_000
            $0.contextLength = 1_048_576
            $0.layerCount = 1024
            $0.headCount = 4096
            $0.width = 65536
            $0.hiddenWidth = 524_288
        }
        #expect(try #require(message).contains("parameters; the limit is 20,000,000,000; "))
    }

    @Test func survivesJSON() throws {
        var configuration = small
        configuration.activation = .silu
        configuration.dropout = 0.25
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(GPT.Configuration.self, from: data) == configuration)
    }
}
