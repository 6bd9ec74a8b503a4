import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite struct GPTTrainingTests {
    private static let configuration = GPT.Configuration(
        vocabularySize: 65, contextLength: 16, layerCount: 2, headCount: 4, width: 32, dropout: 0.1)

    private static func fresh(seed: UInt64 = 1, _ configuration: GPT.Configuration) -> GPT {
        var random = RandomSource(seed: seed)
        return GPT(configuration, random: &random)
    }

    /// One step's loss and gradients, with dropout.
    private static func step(_ model: GPT, seed: UInt64, precision: Precision = .float32)
        -> (loss: Float, gradients: Gradients)
    {
        let ids = someIds(4 * 16, vocabulary: 65, seed: 5)
        let targets = someIds(4 * 16, vocabulary: 65, seed: 6)
        var context = Context(random: RandomSource(seed: seed), precision: precision)
        return valueWithGradients(of: model) {
            $0.loss(inputs: ids, targets: targets, batch: 4, context: &context)
        }
    }

    @Test(arguments: [1, 2, 65, 1000])
    func firstLossIsNearThatOfGuessing(vocabulary: Int) {
        var configuration = Self.configuration
        configuration.vocabularySize = vocabulary
        let model = Self.fresh(configuration)
        var context = Context()
        let loss = model.loss(
            inputs: someIds(32, vocabulary: vocabulary, seed: 1),
            targets: someIds(32, vocabulary: vocabulary, seed: 2), batch: 2, context: &context)
        #expect(abs(loss.item() - log(Float(vocabulary))) < 0.1)
    }

    @Test func initialisationIsThatOfGPT2() {
        var configuration = Self.configuration
        configuration.width = 256
        let model = Self.fresh(configuration)
        for (name, parameter) in model.parameters {
            let tensor = parameter.tensor
            let mean = tensor.elements.reduce(0, +) / Float(tensor.count)
            let deviation = (tensor.sumOfSquares() / Double(tensor.count)).squareRoot()
            switch name {
            case _ where name.hasSuffix("bias"): #expect(deviation == 0, "\(name)")
            case _ where name.contains("ln_"): #expect(mean == 1 && deviation == 1, "\(name)")
            case _ where name.hasSuffix("c_proj.weight"):
                #expect(abs(deviation - 0.02 / 2) < 0.02 / 2 * 0.05, "\(name)")
            default: #expect(abs(deviation - 0.02) < 0.02 * 0.05, "\(name)")
            }
        }
    }

    @Test func sameSeedGivesSameBits() {
        let (a, b) = (Self.fresh(Self.configuration), Self.fresh(Self.configuration))
        #expect(
            zip(a.parameters, b.parameters).allSatisfy {
                $0.parameter.tensor.bits == $1.parameter.tensor.bits
            })
        let other = Self.fresh(seed: 2, Self.configuration)
        #expect(other.embedding.tokens.weight.tensor.bits != a.embedding.tokens.weight.tensor.bits)
        let (first, second) = (Self.step(a, seed: 9), Self.step(b, seed: 9))
        #expect(first.loss == second.loss)
        #expect(Self.step(a, seed: 10).loss != first.loss)
    }

    @Test(arguments: [2, 3, 5], Precision.allCases)
    func threadsLeaveNoTrace(threads: Int, precision: Precision) {
        let before = threadCount
        defer { threadCount = before }
        let model = Self.fresh(Self.configuration)
        threadCount = 1
        let alone = Self.step(model, seed: 9, precision: precision)
        threadCount = threads
        let shared = Self.step(model, seed: 9, precision: precision)
        #expect(alone.loss.bitPattern == shared.loss.bitPattern)
        for (a, b) in zip(alone.gradients.tensors, shared.gradients.tensors) {
            #expect(a.tensor.bits == b.tensor.bits, "\(a.name)")
        }
        #expect(alone.gradients.norm == shared.gradients.norm)
    }

    @Test func bfloat16IsNearFloat32() {
        let model = Self.fresh(Self.configuration)
        let exact = Self.step(model, seed: 9)
        let rounded = Self.step(model, seed: 9, precision: .bfloat16)
        #expect(abs(exact.loss - rounded.loss) < 0.01)
        #expect(abs(exact.gradients.norm - rounded.gradients.norm) < 0.05 * exact.gradients.norm)
    }

    /// Half of the batch twice is the whole batch once.
    @Test func accumulatedGradientsAreThoseOfALargerBatch() {
        var configuration = Self.configuration
        configuration.dropout = 0
        let model = Self.fresh(configuration)
        let ids = someIds(64, vocabulary: 65, seed: 5)
        let targets = someIds(64, vocabulary: 65, seed: 6)
        func gradients(_ rows: Range<Int>) -> Gradients {
            var context = Context()
            return valueWithGradients(of: model) {
                $0.loss(
                    inputs: Array(ids[rows.lowerBound * 16..<rows.upperBound * 16]),
                    targets: Array(targets[rows.lowerBound * 16..<rows.upperBound * 16]),
                    batch: rows.count, context: &context)
            }.gradients
        }
        let (whole, first, second) = (gradients(0..<4), gradients(0..<2), gradients(2..<4))
        for (index, (name, gradient)) in whole.tensors.enumerated() {
            let mean = (first.tensors[index].tensor + second.tensors[index].tensor) * 0.5
            #expect(
                gradient.largestDifference(from: mean) <= 1e-5 * gradient.largestMagnitude + 1e-8,
                "\(name)")
        }
    }

    @Test func frozenParametersReceiveNoGradient() {
        var model = Self.fresh(Self.configuration)
        model.freeze { !$0.hasPrefix("h.1.") }
        let names = Self.step(model, seed: 9).gradients.tensors.map(\.name)
        #expect(names == model.parameters.map(\.name).filter { $0.hasPrefix("h.1.") })
        #expect(names.count == 12)
    }
}
