public import AttendTensors

/// Several feed-forward networks of which each token uses a few, chosen by a router.
///
/// The router scores every expert for every token; the token goes to the experts with the highest scores, and their outputs
/// are weighted by the softmax of the scores.
///
/// - Source: Shazeer et al. 2017, §2; balancing loss: Fedus et al. 2022 (Switch Transformer), §2.2; shared expert: Dai et al.
///   2024 (DeepSeekMoE).
public struct MixtureOfExperts: Module {
    /// Scores the experts: `[experts, width]`.
    public var router: Linear
    /// The experts.
    public var experts: [FeedForward]
    /// An expert that every token uses.
    public var shared: FeedForward?
    /// How many experts each token uses, and how they are weighted.
    public let options: ExpertOptions

    /// Experts of one size.
    public init(
        _ options: ExpertOptions, width: Int, function: HiddenFunction, hasBias: Bool,
        weights: WeightDistribution = .gpt2, random: inout RandomSource
    ) {
        self.options = options
        router = Linear(
            inputs: width, outputs: options.count, hasBias: options.routerHasBias,
            deviation: weights.deviation(inputs: width, outputs: options.count), random: &random)
        router.weight.staysFloat32 = true
        experts = []
        for _ in 0..<options.count {
            experts.append(
                FeedForward(
                    width: width, hiddenWidth: options.hiddenWidth, function: function,
                    hasBias: hasBias, weights: weights, random: &random))
        }
        if options.sharedHiddenWidth > 0 {
            shared = FeedForward(
                width: width, hiddenWidth: options.sharedHiddenWidth, function: function,
                hasBias: hasBias, weights: weights, random: &random)
        }
    }

    /// `[…, width]` → `[…, width]`, with the residual added where one is given.
    ///
    /// The balancing loss and the router's statistics are left in the context.
    public func callAsFunction(
        _ x: Tensor, residual: Tensor? = nil, dropout: Float = 0, context: inout Context
    ) -> Tensor {
        let (rows, width) = (x.shape.rows, x.shape.width)
        let tokens = x.reshaped([rows, width])
        let logits = router(tokens)
        let chosen = Self.largest(options.perToken, of: logits)
        let scores = logits.reshaped([rows * options.count, 1])
        // Scores lie one after the other, so that the chosen ones are gathered like rows of a table.
        let places = chosen.enumerated().map {
            Int32($0.offset / options.perToken * options.count) + $0.element
        }
        let probabilities = logits.softmax()
        let weights =
            options.normalisesWeights
            ? scores.gathered(places, shape: [rows * options.perToken])
                .reshaped([rows, options.perToken]).softmax()
            : probabilities.reshaped([rows * options.count, 1])
                .gathered(places, shape: [rows * options.perToken])
        let weightOfPlace = weights.reshaped([rows * options.perToken, 1])

        var sum = shared.map { $0(tokens, dropout: dropout, context: &context) }
        var placesOfExpert = [[Int]](repeating: [], count: options.count)
        for (place, expert) in chosen.enumerated() { placesOfExpert[Int(expert)].append(place) }
        for (expert, mine) in zip(experts, placesOfExpert) where !mine.isEmpty {
            let rowsOfMine = mine.map { Int32($0 / options.perToken) }
            let made = expert(
                tokens.gathered(rowsOfMine, shape: [mine.count]), dropout: dropout,
                context: &context)
            let weight = weightOfPlace.gathered(mine.map { Int32($0) }, shape: [mine.count])
            let placed = made.scaledRows(by: weight.reshaped([mine.count]))
                .scatteredRows(rowsOfMine, count: rows)
            sum = sum.map { $0 + placed } ?? placed
        }
        record(
            placesOfExpert.map(\.count), probabilities: probabilities, rows: rows, context: &context
        )
        let result = (sum ?? .zeros([rows, width])).reshaped(x.shape)
        return residual.map { $0 + result } ?? result
    }

    /// Balancing loss: experts · Σ share of tokens · mean probability, which is least where the load is even.
    private func record(
        _ loads: [Int], probabilities: Tensor, rows: Int, context: inout Context
    ) {
        let places = Float(max(rows * options.perToken, 1))
        let shares = Tensor(
            loads.map { Float($0) / places * Float(options.count) / Float(max(rows, 1)) })
        if options.balanceCoefficient > 0, context.random != nil {
            context.auxiliaryLosses.append(
                (probabilities * shares).sum() * options.balanceCoefficient)
        }
        context.routerStatistics.append(RouterStatistics(loads: loads, tokenCount: rows))
    }

    /// The columns of the largest elements of each row, largest first, the first of equal ones first: `[rows · count]`.
    private static func largest(_ count: Int, of logits: Tensor) -> [Int32] {
        let width = logits.shape.width
        let elements = logits.elements
        var result: [Int32] = []
        result.reserveCapacity(logits.shape.rows * count)
        for row in 0..<logits.shape.rows {
            let scores = elements[row * width..<(row + 1) * width]
            let order = scores.indices.sorted {
                scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1)
            }
            result += order.prefix(count).map { Int32($0 - row * width) }
        }
        return result
    }

    /// Multiplications and additions for each token.
    var flopsPerToken: Int {
        2 * router.weight.count + (shared?.flopsPerToken ?? 0)
            + options.perToken * (experts.first?.flopsPerToken ?? 0)
    }

    /// Visits the router, the experts, and the shared expert.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("router", &router)
        visitor.visit("experts", &experts)
        visitor.visit("shared", &shared)
    }
}

/// How many experts there are and how they are used.
public struct ExpertOptions: Codable, Hashable, Sendable {
    /// How many experts.
    public var count: Int
    /// How many each token uses.
    public var perToken: Int
    /// The hidden width of each.
    public var hiddenWidth: Int
    /// The hidden width of an expert that every token uses; 0 for none.
    public var sharedHiddenWidth: Int
    /// Whether the weights of a token's experts sum to 1.
    public var normalisesWeights: Bool
    /// Whether the router has a bias.
    public var routerHasBias: Bool
    /// What the balancing loss is multiplied by in training.
    public var balanceCoefficient: Float

    /// Experts with the usual constants.
    public init(
        count: Int, perToken: Int, hiddenWidth: Int, sharedHiddenWidth: Int = 0,
        normalisesWeights: Bool = true, routerHasBias: Bool = false,
        balanceCoefficient: Float = 0.01
    ) {
        self.count = count
        self.perToken = perToken
        self.hiddenWidth = hiddenWidth
        self.sharedHiddenWidth = sharedHiddenWidth
        self.normalisesWeights = normalisesWeights
        self.routerHasBias = routerHasBias
        self.balanceCoefficient = balanceCoefficient
    }
}

/// How a router divided tokens among its experts.
public struct RouterStatistics: Hashable, Codable, Sendable {
    /// How many tokens went to each expert.
    public let loads: [Int]
    /// How many tokens there were.
    public let tokenCount: Int

    /// Loads of experts that shared so many tokens.
    public init(loads: [Int], tokenCount: Int) {
        self.loads = loads
        self.tokenCount = tokenCount
    }

    /// The largest load beside an even one: 1 where all experts do the same work.
    public var imbalance: Double {
        let total = loads.reduce(0, +)
        return total == 0 ? 1 : Double(loads.max() ?? 0) * Double(loads.count) / Double(total)
    }
}
