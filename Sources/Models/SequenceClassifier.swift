public import AttendLayers
public import AttendTensors

/// An encoder with a head that tells to which class a sequence belongs.
///
/// - Source: Devlin et al. 2019, §3.2.
public struct SequenceClassifier: Module {
    /// Reads the sequence.
    public var encoder: BERT
    /// Makes one vector of the pooled ones, under a function.
    public var pooler: Linear
    /// From that vector to a logit for each class.
    public var classifier: Linear
    /// What the model was made from.
    public private(set) var configuration: Configuration

    /// A model with fresh weights.
    public init(_ configuration: Configuration, random: inout RandomSource) {
        self.init(
            encoder: BERT(configuration.encoder, random: &random), configuration, random: &random
        )
    }

    /// A classifier on top of an encoder that has been trained.
    public init(
        encoder: BERT, _ configuration: Configuration, random: inout RandomSource
    ) {
        self.encoder = encoder
        let width = configuration.encoder.width
        pooler = Linear(inputs: width, outputs: width, random: &random)
        classifier = Linear(inputs: width, outputs: configuration.classCount, random: &random)
        self.configuration = configuration
    }

    /// A logit for each class: `[batch, classes]`.
    ///
    /// - Parameters:
    ///   - ids: `[batch, tokens]`, padded.
    ///   - mask: which of them are tokens, `[batch, tokens]`: 0 hides.
    public func logits(
        _ ids: [Int32], batch: Int, mask: Tensor? = nil, context: inout Context
    ) -> Tensor {
        let x = encoder.hidden(ids, batch: batch, mask: mask, context: &context)
        let pooled = x.pooled(configuration.pooling, mask: mask)
        let summary = context.traced("pooler", flopsPerToken: 2 * pooler.weight.count) {
            pooler(
                pooled, activation: configuration.poolerFunction ?? .tanh, precision: $0.precision)
        }
        let kept = context.dropout(summary, probability: configuration.encoder.dropout)
        return context.traced("classifier", flopsPerToken: 2 * classifier.weight.count) {
            classifier(kept, precision: $0.precision)
        }
    }

    /// Mean negative log-likelihood of the labels, in nats per sequence.
    public func loss(
        _ ids: [Int32], batch: Int, mask: Tensor?, labels: [Int32], context: inout Context
    ) -> Tensor {
        let loss = logits(ids, batch: batch, mask: mask, context: &context)
            .crossEntropy(targets: labels, zLoss: context.zLoss)
        return context.addingAuxiliaryLosses(to: loss)
    }

    /// The same classifier without its encoder's head for masked tokens, which no logit depends on.
    package var withoutTokenHead: SequenceClassifier {
        var result = self
        result.encoder = encoder.withoutHead
        result.configuration.encoder = result.encoder.configuration
        return result
    }

    /// Visits the encoder, the pooler and the classifier.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("encoder", &encoder)
        visitor.visit("pooler", &pooler)
        visitor.visit("classifier", &classifier)
    }
}

/// How one vector is made of a sequence's.
public enum Pooling: String, Codable, Hashable, Sendable, CaseIterable {
    /// The vector of the first token.
    case first = "cls"
    /// The mean over tokens, padding left out.
    case mean
}

extension Tensor {
    /// One vector for each sequence: `[batch, tokens, width]` → `[batch, width]`.
    ///
    /// A sequence of nothing but padding yields zeros under the mean.
    public func pooled(_ pooling: Pooling, mask: Tensor?) -> Tensor {
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        switch pooling {
        case .first:
            return reshaped([batch * tokens, width])
                .gathered((0..<batch).map { Int32($0 * tokens) }, shape: [batch])
        case .mean:
            let present = mask?.elements ?? Array(repeating: 1, count: batch * tokens)
            var weights = present
            for row in 0..<batch {
                let range = row * tokens..<(row + 1) * tokens
                let count = present[range].count { $0 != 0 }
                for place in range {
                    weights[place] = present[place] == 0 ? 0 : 1 / Float(count)
                }
            }
            let rows = (0..<batch * tokens).map { Int32($0 / max(tokens, 1)) }
            return reshaped([batch * tokens, width]).scaledRows(by: Tensor(weights))
                .scatteredRows(rows, count: batch)
        }
    }
}

extension SequenceClassifier {
    /// The sizes of a classifier.
    public struct Configuration: ModelConfiguration {
        /// The encoder.
        public var encoder: BERT.Configuration
        /// The names of the classes, in the order of their logits.
        public var classes: [String]
        /// How one vector is made of a sequence's.
        public var pooling = Pooling.first
        /// The function after the map of the pooled vector; tanh where nil.
        public var poolerFunction: Activation?

        /// A classifier on an encoder of these sizes.
        public init(encoder: BERT.Configuration, classes: [String]) {
            self.encoder = encoder
            self.classes = classes
        }

        /// How many classes there are.
        public var classCount: Int { classes.count }
        /// The longest sequence.
        public var contextLength: Int { encoder.contextLength }
        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            encoder.parameterCount + encoder.width * (encoder.width + 1)
                + classCount * (encoder.width + 1)
        }
        /// Multiplications and additions of a forward pass, per token of a full context.
        public var flopsPerToken: Int { encoder.stack.flopsPerToken(keys: contextLength) }
        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            encoder.facts + [("classes", "\(classCount)"), ("pooling", pooling.rawValue)]
        }

        /// About how many numbers the backward pass needs of each token.
        public func activationsPerToken(recomputingBlocks: Bool) -> Int {
            encoder.activationsPerToken(recomputingBlocks: recomputingBlocks)
        }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            try encoder.validate()
            var problems = ConfigurationProblems()
            problems.check("classes.count", classCount, from: 1, to: 100_000)
            problems.add(
                "classes names one class twice", if: Set(classes).count != classes.count)
            try problems.throwIfAny()
        }
    }
}
