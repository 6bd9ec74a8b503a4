import AttendCheckpoints
import AttendLayers
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    /// The tensors of the fixture as a module.
    struct Pair: Module {
        var matrix: Parameter
        var vector: Parameter

        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("matrix", &matrix)
            visitor.visit("vector", &vector)
        }
    }

    private static func fixture(_ name: String = "adamw") throws -> [String: Tensor] {
        let url = try #require(
            Bundle.module.url(
                forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
        return try namedTensors(in: SafetensorsFile(path: url.path))
    }

    @Test("Ten steps with clipping and decay are those of PyTorch")
    func parity() throws {
        let recorded = try Self.fixture()
        func tensor(_ name: String) throws -> Tensor { try #require(recorded[name]) }
        func expectClose(_ found: Tensor, _ name: String) throws {
            for (a, b) in zip(found.elements, try tensor(name).elements) {
                #expect(abs(a - b) <= 2e-6 * max(1, abs(b)), "\(name): \(a) is not \(b)")
            }
        }
        var pair = Pair(
            matrix: Parameter(try tensor("initial.matrix")),
            vector: Parameter(try tensor("initial.vector")))
        var optimizer = Optimizer(
            OptimizerOptions(.adamW, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1))
        let rates = try tensor("learningRates").elements
        let norms = try tensor("gradientNorms").elements
        for step in 0..<10 {
            let gradients = Gradients([
                ("matrix", try tensor("gradient.\(step).matrix")),
                ("vector", try tensor("gradient.\(step).vector")),
            ])
            #expect(abs(gradients.norm - norms[step]) <= 1e-5 * norms[step])
            optimizer.update(&pair, with: gradients.clipped(toNorm: 1), learningRate: rates[step])
            try expectClose(pair.matrix.tensor, "value.\(step).matrix")
            try expectClose(pair.vector.tensor, "value.\(step).vector")
        }
        let moments = Dictionary(
            uniqueKeysWithValues: optimizer.namedTensors(of: pair).map { ($0.name, $0.tensor) })
        for name in ["matrix", "vector"] {
            try expectClose(#require(moments["first.\(name)"]), "firstMoment.\(name)")
            try expectClose(#require(moments["second.\(name)"]), "secondMoment.\(name)")
        }
        // What was saved continues the same; what does not fit is refused whole.
        var restored = Optimizer(optimizer.options)
        try restored.load(moments, stepCount: 10, for: pair)
        #expect(restored.stepCount == 10)
        #expect(throws: LoadingError.self) {
            try restored.load(moments.filter { $0.key != "first.vector" }, stepCount: 10, for: pair)
        }
    }

    /// Parameters of every kind.
    private struct Four: Module {
        var tall: Parameter
        var wide: Parameter
        var table: Parameter
        var vector: Parameter

        init(_ tensors: [String: Tensor]) throws {
            func parameter(_ name: String) throws -> Parameter {
                Parameter(try #require(tensors["start.\(name)"]))
            }
            tall = try parameter("tall")
            wide = try parameter("wide")
            table = try parameter("table")
            table.isTable = true
            vector = try parameter("vector")
        }

        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("tall", &tall)
            visitor.visit("wide", &wide)
            visitor.visit("table", &table)
            visitor.visit("vector", &vector)
        }
    }

    private static func options(_ kind: OptimizerKind) -> OptimizerOptions {
        OptimizerOptions(
            kind, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, decayed: .all)
    }

    private static func learningRate(_ kind: OptimizerKind) -> Float {
        switch kind {
        case .sgd, .nesterov: 0.05
        case .adafactor: 0.1
        default: 0.01
        }
    }

    /// A step's gradients of the fixture.
    private static func gradients(_ recorded: [String: Tensor], _ step: Int) throws -> Gradients {
        Gradients(
            try ["tall", "wide", "table", "vector"].map { name in
                let all = try #require(recorded["gradients.\(name)"])
                let shape = Shape(Array(all.shape.dimensions.dropFirst()))
                let size = all.count / all.shape[0]
                return (
                    name,
                    Tensor(
                        Array(all.elements[(step - 1) * size..<step * size]), shape: shape)
                )
            })
    }

    @Test(
        "Fifty steps are those of PyTorch, or of the paper, in double precision",
        arguments: OptimizerKind.allCases)
    func fiftySteps(kind: OptimizerKind) throws {
        let recorded = try Self.fixture("optimizers")
        var model = try Four(recorded)
        var optimizer = Optimizer(Self.options(kind))
        for step in 1...50 {
            optimizer.update(
                &model, with: try Self.gradients(recorded, step),
                learningRate: Self.learningRate(kind))
            guard [1, 2, 10, 50].contains(step) else { continue }
            for (name, tensor) in model.namedTensors() {
                let wanted = try #require(recorded["\(kind.rawValue).\(step).\(name)"]).elements
                let largest = wanted.map(abs).max() ?? 0
                let worst = zip(tensor.elements, wanted).map { abs($0 - $1) }.max() ?? .nan
                #expect(
                    worst <= 1e-5 * largest, "\(name) at step \(step): \(worst) of \(largest)")
            }
        }
    }

    @Test("Muon's products in bfloat16 change its steps a little")
    func muonInBfloat16() throws {
        let recorded = try Self.fixture("optimizers")
        let start = try Four(recorded)
        func moved(_ precision: Precision) throws -> [Tensor] {
            var model = start
            var optimizer = Optimizer(Self.options(.muon))
            for step in 1...5 {
                optimizer.update(
                    &model, with: try Self.gradients(recorded, step), learningRate: 0.01,
                    precision: precision)
            }
            return zip(model.namedTensors(), start.namedTensors()).map {
                $0.tensor + $1.tensor * -1
            }
        }
        for (number, (exact, rounded)) in zip(try moved(.float32), try moved(.bfloat16))
            .enumerated()
        {
            let error = (exact + rounded * -1).sumOfSquares().squareRoot()
            let share = error / exact.sumOfSquares().squareRoot()
            // Matrices come first; AdamW, which moves the others, multiplies none.
            #expect(number < 2 ? (1e-6...0.02).contains(share) : share == 0, "\(number): \(share)")
        }
    }

    @Test("A factor of the learning rate moves a parameter less, and lets it decay alike")
    func learningRateFactors() throws {
        let recorded = try Self.fixture("optimizers")
        let start = try Four(recorded)
        func moved(_ factors: [String: Float], decay: Float) throws -> [String: [Float]] {
            var options = Self.options(.adamW)
            options.weightDecay = decay
            var (model, optimizer) = (start, Optimizer(options, learningRateFactors: factors))
            optimizer.update(&model, with: try Self.gradients(recorded, 1), learningRate: 0.01)
            var result: [String: [Float]] = [:]
            for (new, old) in zip(model.namedTensors(), start.namedTensors()) {
                result[new.name] = (new.tensor + old.tensor * -1).elements
            }
            return result
        }
        let (plain, scaled) = (try moved([:], decay: 0), try moved(["tall": 0.25], decay: 0))
        let (decayed, both) = (try moved([:], decay: 0.5), try moved(["tall": 0.25], decay: 0.5))
        for index in try #require(plain["tall"]).indices {
            let (a, b) = (try #require(plain["tall"])[index], try #require(scaled["tall"])[index])
            #expect(abs(b - a / 4) < 1e-6)
            let decay = try #require(decayed["tall"])[index] - a
            #expect(abs(try #require(both["tall"])[index] - b - decay) < 1e-6)
        }
        #expect(plain["wide"] == scaled["wide"])
    }

    @Test(
        "What is saved half way continues with the same bits", arguments: OptimizerKind.allCases)
    func saved(kind: OptimizerKind) throws {
        let recorded = try Self.fixture("optimizers")
        var model = try Four(recorded)
        var optimizer = Optimizer(Self.options(kind))
        func take(_ steps: ClosedRange<Int>, _ optimizer: inout Optimizer, _ model: inout Four)
            throws
        {
            for step in steps {
                optimizer.update(
                    &model, with: try Self.gradients(recorded, step),
                    learningRate: Self.learningRate(kind))
            }
        }
        try take(1...5, &optimizer, &model)
        let state = Dictionary(
            uniqueKeysWithValues: optimizer.namedTensors(of: model).map { ($0.name, $0.tensor) })
        var restored = Optimizer(Self.options(kind))
        try restored.load(state, stepCount: 5, for: model)
        var copy = model
        try take(6...12, &optimizer, &model)
        try take(6...12, &restored, &copy)
        for (own, other) in zip(model.namedTensors(), copy.namedTensors()) {
            #expect(own.tensor.elements == other.tensor.elements, "\(own.name)")
        }
        // What does not fit is refused whole, with every name.
        let name = try #require(state.keys.sorted().first)
        var wrong = state
        wrong["stray"] = wrong.removeValue(forKey: name)
        let error = #expect(throws: LoadingError.self) {
            try restored.load(wrong, stepCount: 5, for: model)
        }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.contains("\(name) is missing") && sentence.contains("stray belongs"))
    }

    @Test(
        "Weight decay reaches the kinds of parameter that it is told",
        arguments: DecayedParameters.allCases)
    func decayed(which: DecayedParameters) throws {
        let recorded = try Self.fixture("optimizers")
        let start = try Four(recorded)
        var model = start
        var options = Self.options(.adamW)
        options.decayed = which
        var optimizer = Optimizer(options)
        let nothing = Gradients(
            start.namedTensors().map { ($0.name, .zeros($0.tensor.shape)) })
        optimizer.update(&model, with: nothing, learningRate: 0.5)
        let smaller = zip(model.namedTensors(), start.namedTensors()).filter {
            $0.tensor.elements != $1.tensor.elements
        }.map(\.0.name)
        switch which {
        case .matrices: #expect(smaller == ["tall", "wide"])
        case .matricesAndTables: #expect(smaller == ["tall", "wide", "table"])
        case .all: #expect(smaller == ["tall", "wide", "table", "vector"])
        }
    }

    @Test("Gradients are clipped element by element")
    func clippedByValue() {
        let gradients = Gradients([("a", Tensor([-3, -1e-9, 0, 0.5, 2]))])
        #expect(
            gradients.clipped(toValue: 1).tensors[0].tensor.elements == [-1, -1e-9, 0, 0.5, 1])
        let scaled = gradients.clipped(toNorm: 1)
        #expect(scaled.clipped(toValue: 0.1).tensors[0].tensor.elements.max() == 0.1)
        #expect(scaled.clipped(toValue: 0.1).scale == 1)
    }

    @Test("A snapshot of the model stays as it was")
    func copies() {
        var pair = Pair(
            matrix: Parameter(Tensor(repeating: 1, shape: [3, 2])),
            vector: Parameter(Tensor([1, 2])))
        let before = pair
        var optimizer = Optimizer()
        let gradients = Gradients([
            ("matrix", Tensor(repeating: 1, shape: [3, 2])), ("vector", Tensor([1, -1])),
        ])
        optimizer.update(&pair, with: gradients, learningRate: 0.1)
        #expect(before.matrix.tensor.elements == [Float](repeating: 1, count: 6))
        #expect(pair.matrix.tensor.elements != before.matrix.tensor.elements)
        #expect(optimizer.stepCount == 1)
    }
}
