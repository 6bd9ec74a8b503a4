import AttendText
import Testing

@Suite("Addition modulo a number")
struct ModularAdditionTests {
    @Test(
        "Names ask for a modulus",
        arguments: [
            ("modular-addition", 113), ("modular-addition-59", 59), ("modular-addition-113", 113),
            ("modular-addition-1000", 1000), ("modular-addition-", nil), ("modular", nil),
            ("modular-addition--7", nil), ("modular-addition-+7", nil), ("./modular-addition", nil),
            ("modular-addition-99999999999999999999", nil), ("modular-addition-٣", nil),
        ] as [(String, Int?)])
    func names(name: String, modulus: Int?) {
        #expect(ModularAddition.modulus(named: name) == modulus)
    }

    @Test("Every pair of numbers is in one part, with its right sum", arguments: [2, 7, 113])
    func equations(modulus: Int) throws {
        let data = try ModularAddition(modulus: modulus, trainingShare: 0.3, seed: 4)
        #expect(data.training.count == modulus * modulus * 3 / 10)
        let all = data.training + data.validation
        #expect(Set(all).count == modulus * modulus && all.count == modulus * modulus)
        for equation in all {
            #expect((0..<modulus).contains(equation.left) && (0..<modulus).contains(equation.right))
            let sum = equation.left + equation.right
            #expect(equation.sum == (sum < modulus ? sum : sum - modulus))
        }
    }

    @Test("The seed divides them, and nothing else does")
    func seeds() throws {
        let data = try ModularAddition(modulus: 23, seed: 1)
        #expect(try data == ModularAddition(modulus: 23, seed: 1))
        let other = try ModularAddition(modulus: 23, seed: 2)
        #expect(Set(data.training) != Set(other.training))
        #expect(data.training.count == 211)
        #expect(data.name == "modular-addition-23")
        #expect(try ModularAddition(modulus: 113, seed: 1).name == "modular-addition")
    }

    @Test("The numbers and the sign are the tokens, before and after saving")
    func tokenizer() throws {
        let data = try ModularAddition(modulus: 12, seed: 1)
        let tokenizer = try data.tokenizer()
        #expect(tokenizer.vocabularySize == 13)
        #expect(try tokenizer.encode("5 11 =") == [5, 11, 12] && data.signID == 12)
        #expect(tokenizer.decode([5, 11, 12, 4]) == "5 11 = 4")
        #expect(try SavedTokenizer(json: tokenizer.json) == tokenizer)
        #expect(throws: TokenizerError.self) { try tokenizer.encode("5 12 =") }
        #expect("\(data.training[0])".split(separator: " ").count == 4)
    }

    @Test("Moduli and shares that leave nothing are refused")
    func refusals() {
        for modulus in [-3, 0, 1, 513, .max] {
            let error = #expect(throws: DataError.self) {
                try ModularAddition(modulus: modulus, seed: 1)
            }
            #expect(error?.description.contains("from 2 to 512") == true)
        }
        for share in [0, 1, -0.5, 0.01, 1.5, .nan, .infinity, 1 - 1e-17] {
            let error = #expect(throws: DataError.self) {
                try ModularAddition(modulus: 5, trainingShare: share, seed: 1)
            }
            #expect(error?.description.contains("training share") == true)
        }
    }
}

@Suite("Batches of equations")
struct EquationBatchesTests {
    @Test("A batch with room for all has all, always; only results are scored")
    func whole() throws {
        let data = try ModularAddition(modulus: 11, trainingShare: 0.3, seed: 3)
        let batches = try EquationBatches(training: data, rows: 1000, seed: 3)
        let batch = batches.batch(at: 0)
        #expect(batch == batches.batch(at: 17) && batch.columns == 3)
        #expect(batch.rows == data.training.count && batch.scoredCount == batch.rows)
        for (row, equation) in data.training.enumerated() {
            let places = row * 3..<row * 3 + 3
            #expect(batch.inputs[places].map(Int.init) == [equation.left, equation.right, 11])
            #expect(batch.targets[places].map(Int.init) == [-1, -1, equation.sum])
        }
    }

    @Test("Smaller batches show every equation once an epoch, in an order that the seed decides")
    func parts() throws {
        let data = try ModularAddition(modulus: 11, trainingShare: 0.3, seed: 3)
        func epoch(_ number: Int, seed: UInt64 = 3) throws -> [[Int32]] {
            let batches = try EquationBatches(training: data, rows: 12, seed: seed)
            return (number * 3..<number * 3 + 3).flatMap { index -> [[Int32]] in
                let batch = batches.batch(at: index)
                return (0..<batch.rows).map { Array(batch.inputs[$0 * 3..<$0 * 3 + 3]) }
            }
        }
        #expect(data.training.count == 36)
        let all = Set(data.training.map { [Int32($0.left), Int32($0.right), 11] })
        #expect(try Set(epoch(0)) == all && Set(epoch(5)) == all)
        #expect(try epoch(1) == epoch(1))
        #expect(try epoch(0) != epoch(1) && epoch(0) != epoch(0, seed: 4))
        #expect(throws: DataError.self) {
            try EquationBatches(training: data, rows: 0, seed: 1)
        }
    }

    @Test("Measuring covers every equation once, in order")
    func evaluation() throws {
        let data = try ModularAddition(modulus: 59, seed: 3)
        let batches = EquationEvaluationBatches(data.validation, of: data)
        #expect(batches.batchCount == 3)
        let sums = try batches.batches.flatMap { $0.targets.filter { $0 >= 0 } }
        #expect(sums.map(Int.init) == data.validation.map(\.sum))
        #expect(EquationEvaluationBatches([], of: data).batchCount == 0)
    }
}
