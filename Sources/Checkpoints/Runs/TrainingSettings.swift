public import AttendTensors
public import AttendText

/// How a model is trained.
public struct TrainingSettings: Codable, Hashable, Sendable {
    /// How many optimizer steps.
    public var steps: Int
    /// Sequences in a batch, where they are of equal length.
    public var batch: Int
    /// The most tokens in a batch of sequences of unequal length, padding included.
    public var batchTokens: Int
    /// The highest learning rate, reached after the warm-up.
    public var learningRate: Float
    /// The learning rate of the last step.
    public var finalLearningRate: Float
    /// Steps over which the learning rate rises from 0.
    public var warmupSteps: Int
    /// How it changes.
    public var schedule: ScheduleKind
    /// How much of the probability targets share with all other tokens.
    public var labelSmoothing: Float
    /// How many of the last evaluations' weights are averaged at the end; 1 for none but the last.
    public var averagedCheckpoints: Int
    /// How slowly the mean of gradients forgets.
    public var beta1: Float
    /// How slowly the mean of squared gradients forgets.
    public var beta2: Float
    /// How much of a parameter is taken away in each step, times the learning rate.
    public var weightDecay: Float
    /// The largest norm of all gradients together.
    public var gradientClip: Float
    /// Steps between two evaluations.
    public var evaluationInterval: Int
    /// How many tokens of each split an evaluation within the run looks at; the last one looks at all of validation.
    public var evaluationTokens: Int
    /// How many tokens the sample at each evaluation has.
    public var sampleTokens: Int
    /// What matrix products round their operands to.
    public var precision: Precision
    /// What moves the parameters.
    public var optimizer = OptimizerKind.adamW
    /// How much of the last velocity stays, for optimizers that have one; the usual where nil.
    public var momentum: Float?
    /// Added to the root of the mean square of gradients.
    public var epsilon: Float = 1e-8
    /// Which parameters decay.
    public var decayed = DecayedParameters.matricesAndTables
    /// The share of the steps in which the rate falls, where it stays the same before.
    public var decayShare: Float = 0.2
    /// The largest element of a gradient; nil for no limit.
    public var gradientValueClip: Float?
    /// In how many parts a step computes its batch, one after the other.
    public var accumulation = 1
    /// How much of log² Σ exp(logits) is added to the loss that the model learns from.
    ///
    /// - Source: Chowdhery et al. 2022, §5.
    public var zLoss: Float = 0
    /// What the weights of linear maps are drawn from; as the family does where nil.
    public var initialisation: InitialisationKind?
    /// The width at which ``InitialisationKind/maximalUpdate`` changes nothing.
    public var baseWidth = 128
    /// The probability that the last block leaves a sequence as it is in training, in each of its residual connections;
    /// for the blocks before, the less the earlier.
    ///
    /// - Source: Huang et al. 2016, §3.
    public var dropPath: Float = 0
    /// Whether each block keeps only its input for the backward pass, where it is computed again: less memory for a third
    /// more time, and not a bit of difference.
    public var gradientCheckpointing = false
    /// How slowly a running mean of the weights forgets, with which evaluations and checkpoints are made; nil for none.
    public var weightAverage: Float?
    /// What becomes of a step in which something is infinite or not a number.
    public var nonFinite = NonFinitePolicy.stop
    /// How many of the newest checkpoints are kept beside the best.
    public var keptCheckpoints = 2
    /// How many standard deviations above those of the last steps a loss or gradient norm may be; nil for any number.
    public var spikeSkip: Float?
    /// After how many evaluations in a row without a lower validation loss the run stops; nil for never.
    public var patience: Int?
    /// Whether all steps learn from the first batch, to see whether the model can learn anything.
    public var overfitsOneBatch = false
    /// How documents come into the rows of a batch.
    public var packing = Packing.windows
    /// The lengths of sequences before they have that of the context; nil for always that.
    public var contextSchedule: [ContextStage]?
    /// In what order examples come; nil for any.
    public var curriculum: Curriculum?

    /// Settings; those left out have nanoGPT's values for small models.
    public init(
        steps: Int, batch: Int, learningRate: Float, finalLearningRate: Float, warmupSteps: Int,
        beta1: Float = 0.9,
        beta2: Float = 0.99, weightDecay: Float = 0.1, gradientClip: Float = 1,
        evaluationInterval: Int,
        evaluationTokens: Int, sampleTokens: Int = 240, precision: Precision = .float32,
        batchTokens: Int = 4096, schedule: ScheduleKind = .cosine, labelSmoothing: Float = 0,
        averagedCheckpoints: Int = 1
    ) {
        self.steps = steps
        self.batch = batch
        self.learningRate = learningRate
        self.finalLearningRate = finalLearningRate
        self.warmupSteps = warmupSteps
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        self.gradientClip = gradientClip
        self.evaluationInterval = evaluationInterval
        self.evaluationTokens = evaluationTokens
        self.sampleTokens = sampleTokens
        self.precision = precision
        self.batchTokens = batchTokens
        self.schedule = schedule
        self.labelSmoothing = labelSmoothing
        self.averagedCheckpoints = averagedCheckpoints
    }
}

extension TrainingSettings {
    private enum Key: String, CodingKey {
        case steps, batch, batchTokens, learningRate, finalLearningRate, warmupSteps, schedule
        case labelSmoothing, averagedCheckpoints, beta1, beta2, weightDecay, gradientClip
        case evaluationInterval, evaluationTokens, sampleTokens, precision
        case optimizer, momentum, epsilon, decayed, decayShare, gradientValueClip, accumulation
        case weightAverage, nonFinite, gradientCheckpointing, zLoss, initialisation, baseWidth,
            dropPath
        case keptCheckpoints, spikeSkip, patience, overfitsOneBatch
        case packing, contextSchedule, curriculum
    }

    /// Reads settings; those that older runs do not have are as they were then.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func value<Value: Decodable>(_ key: Key) throws -> Value {
            try fields.decode(Value.self, forKey: key)
        }
        func value<Value: Decodable>(_ key: Key, _ usual: Value) throws -> Value {
            try fields.decodeIfPresent(Value.self, forKey: key) ?? usual
        }
        self.init(
            steps: try value(.steps), batch: try value(.batch),
            learningRate: try value(.learningRate),
            finalLearningRate: try value(.finalLearningRate),
            warmupSteps: try value(.warmupSteps), beta1: try value(.beta1),
            beta2: try value(.beta2), weightDecay: try value(.weightDecay),
            gradientClip: try value(.gradientClip),
            evaluationInterval: try value(.evaluationInterval),
            evaluationTokens: try value(.evaluationTokens),
            sampleTokens: try value(.sampleTokens), precision: try value(.precision),
            batchTokens: try value(.batchTokens), schedule: try value(.schedule),
            labelSmoothing: try value(.labelSmoothing),
            averagedCheckpoints: try value(.averagedCheckpoints))
        optimizer = try value(.optimizer, optimizer)
        momentum = try value(.momentum, momentum)
        epsilon = try value(.epsilon, epsilon)
        decayed = try value(.decayed, decayed)
        decayShare = try value(.decayShare, decayShare)
        gradientValueClip = try value(.gradientValueClip, gradientValueClip)
        accumulation = try value(.accumulation, accumulation)
        gradientCheckpointing = try value(.gradientCheckpointing, gradientCheckpointing)
        zLoss = try value(.zLoss, zLoss)
        initialisation = try value(.initialisation, initialisation)
        baseWidth = try value(.baseWidth, baseWidth)
        dropPath = try value(.dropPath, dropPath)
        weightAverage = try value(.weightAverage, weightAverage)
        nonFinite = try value(.nonFinite, nonFinite)
        keptCheckpoints = try value(.keptCheckpoints, keptCheckpoints)
        spikeSkip = try value(.spikeSkip, spikeSkip)
        patience = try value(.patience, patience)
        overfitsOneBatch = try value(.overfitsOneBatch, overfitsOneBatch)
        packing = try value(.packing, packing)
        contextSchedule = try fields.decodeIfPresent([ContextStage].self, forKey: .contextSchedule)
        curriculum = try fields.decodeIfPresent(Curriculum.self, forKey: .curriculum)
    }
}
