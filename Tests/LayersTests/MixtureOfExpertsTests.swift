import AttendLayers
import AttendTensors
import Foundation
import Testing

@Suite struct MixtureOfExpertsTests {
    private static let width = 6
    private static let tokens = 11
    private static let x = RandomStream(seed: 3, stream: 0).normal([1, tokens, width])

    /// Which experts, of how many, with or without the variants.
    private static let variants: [ExpertOptions] = [
        ExpertOptions(count: 5, perToken: 2, hiddenWidth: 7),
        ExpertOptions(count: 4, perToken: 4, hiddenWidth: 3, normalisesWeights: false),
        ExpertOptions(count: 3, perToken: 1, hiddenWidth: 5, sharedHiddenWidth: 4),
        ExpertOptions(
            count: 7, perToken: 3, hiddenWidth: 4, sharedHiddenWidth: 2, normalisesWeights: false,
            routerHasBias: true),
        ExpertOptions(count: 1, perToken: 1, hiddenWidth: 3),
    ]

    private static func layer(_ options: ExpertOptions) -> MixtureOfExperts {
        var random = RandomSource(seed: 1)
        var layer = MixtureOfExperts(
            options, width: width, function: .gate(.silu), hasBias: true, weights: .glorot,
            random: &random)
        layer.router.bias?.tensor = Tensor((0..<options.count).map { Float($0 % 3) * 0.4 })
        return layer
    }

    /// What a router makes of one token: the softmax over all experts, and the best of them.
    private static func routed(_ layer: MixtureOfExperts, token: Int)
        -> (probabilities: [Double], chosen: [Int])
    {
        let count = layer.options.count
        let (x, weight) = (Self.x.elements, layer.router.weight.tensor.elements)
        let bias = layer.router.bias?.tensor.elements
        let scores = (0..<count).map { expert in
            (0..<width).reduce(Double(bias?[expert] ?? 0)) {
                $0 + Double(x[token * width + $1]) * Double(weight[expert * width + $1])
            }
        }
        let sum = scores.reduce(0) { $0 + exp($1) }
        let best = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(layer.options.perToken)
        return (scores.map { exp($0) / sum }, Array(best))
    }

    /// Each token's output is the sum over the experts that it chose, each alone with that token.
    @Test(arguments: variants)
    func outputIsTheNaiveSum(options: ExpertOptions) {
        let layer = Self.layer(options)
        var context = Context()
        let output = layer(Self.x, context: &context)
        #expect(output.shape == Self.x.shape)
        for token in 0..<Self.tokens {
            let begin = token * Self.width
            let alone = Tensor(
                Array(Self.x.elements[begin..<begin + Self.width]), shape: [1, Self.width])
            let (probabilities, chosen) = Self.routed(layer, token: token)
            let total = chosen.reduce(0) { $0 + probabilities[$1] }
            var wanted = [Double](repeating: 0, count: Self.width)
            var parts = chosen.map {
                (layer.experts[$0], probabilities[$0] / (options.normalisesWeights ? total : 1))
            }
            if let shared = layer.shared { parts.append((shared, 1)) }
            for (expert, share) in parts {
                for (index, element) in expert(alone, context: &context).elements.enumerated() {
                    wanted[index] += share * Double(element)
                }
            }
            for index in 0..<Self.width {
                #expect(abs(Double(output.elements[begin + index]) - wanted[index]) < 1e-5)
            }
        }
    }

    @Test func residualIsAdded() {
        let layer = Self.layer(Self.variants[2])
        var context = Context()
        let sum = layer(Self.x, residual: Self.x, context: &context)
        let plain = layer(Self.x, context: &context) + Self.x
        #expect(zip(sum.elements, plain.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// count · Σ share of the load · mean probability, of the chosen experts, where training is.
    @Test(arguments: variants)
    func balancingLoss(options: ExpertOptions) throws {
        var options = options
        options.balanceCoefficient = 0.3
        let layer = Self.layer(options)
        var context = Context(random: RandomSource(seed: 2))
        _ = layer(Self.x, context: &context)
        var loads = [Int](repeating: 0, count: options.count)
        var means = [Double](repeating: 0, count: options.count)
        for token in 0..<Self.tokens {
            let (probabilities, chosen) = Self.routed(layer, token: token)
            for expert in chosen { loads[expert] += 1 }
            for expert in means.indices {
                means[expert] += probabilities[expert] / Double(Self.tokens)
            }
        }
        let places = Double(Self.tokens * options.perToken)
        let wanted = zip(loads, means).reduce(0) { $0 + Double($1.0) / places * $1.1 }
        let loss = try #require(context.auxiliaryLosses.first)
        #expect(context.auxiliaryLosses.count == 1)
        #expect(abs(Double(loss.item()) - 0.3 * Double(options.count) * wanted) < 1e-5)

        let statistics = try #require(context.routerStatistics.first)
        #expect(statistics == RouterStatistics(loads: loads, tokenCount: Self.tokens))
        let largest = try #require(loads.max())
        #expect(abs(statistics.imbalance - Double(largest * options.count) / places) < 1e-12)
    }

    /// Evaluation balances nothing, and neither does a coefficient of 0.
    @Test func noBalancingLossOutsideOfTraining() {
        var context = Context()
        _ = Self.layer(Self.variants[0])(Self.x, context: &context)
        #expect(context.auxiliaryLosses.isEmpty && context.routerStatistics.count == 1)
        var options = Self.variants[0]
        options.balanceCoefficient = 0
        context.random = RandomSource(seed: 1)
        _ = Self.layer(options)(Self.x, context: &context)
        #expect(context.auxiliaryLosses.isEmpty && context.routerStatistics.count == 2)
    }

    /// The balancing loss reaches the router, by central differences.
    @Test func balancingLossHasTheRightGradient() throws {
        var options = Self.variants[0]
        options.balanceCoefficient = 1
        let layer = Self.layer(options)
        func loss(_ layer: MixtureOfExperts) -> Tensor {
            var context = Context(random: RandomSource(seed: 2))
            _ = layer(Self.x, context: &context)
            return context.auxiliaryLosses[0]
        }
        let gradients = valueWithGradients(of: layer, loss).gradients
        let gradient = try #require(gradients.tensors.first { $0.name == "router.weight" }).tensor
        for index in stride(from: 0, to: gradient.count, by: 7) {
            func moved(_ step: Float) -> Float {
                var copy = layer
                var elements = copy.router.weight.tensor.elements
                elements[index] += step
                copy.router.weight.tensor = Tensor(elements, shape: gradient.shape)
                return loss(copy).item()
            }
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2
            #expect(abs(slope - gradient.elements[index]) < 2e-3)
        }
    }

    @Test func evenLoadsAreBalanced() {
        #expect(RouterStatistics(loads: [4, 4, 4], tokenCount: 6).imbalance == 1)
        #expect(RouterStatistics(loads: [12, 0, 0], tokenCount: 6).imbalance == 3)
        #expect(RouterStatistics(loads: [0, 0], tokenCount: 0).imbalance == 1)
    }

    /// Equal scores go to the first experts.
    @Test func tiesGoToTheFirst() {
        var layer = Self.layer(Self.variants[0])
        layer.router.weight.tensor = .zeros([5, Self.width])
        var context = Context()
        _ = layer(Self.x, context: &context)
        #expect(context.routerStatistics[0].loads == [11, 11, 0, 0, 0])
    }
}
