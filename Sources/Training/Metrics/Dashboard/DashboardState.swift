internal import AttendFigures

/// What a ``Dashboard`` shows of a training.
public struct DashboardState: Sendable {
    /// What is trained, in a line.
    public var title: String
    /// How far it has come.
    public var progress: ProgressState
    /// The most memory that the process had so far, in bytes.
    public var memoryBytes: Double?

    private(set) var learningRate: Double?
    private(set) var gradientNorm: Double?
    private(set) var losses = ThinnedCurve()
    private(set) var evaluations: [MetricEvent.Evaluation] = []
    private(set) var layers: [MetricEvent.Layer] = []
    private(set) var sample: MetricEvent.Sample?

    /// The most evaluations that are remembered.
    private static let evaluationLimit = 1000

    /// A training of which nothing is known yet.
    public init(title: String, progress: ProgressState) {
        self.title = title
        self.progress = progress
    }

    /// Remembers what an event says.
    public mutating func note(_ event: MetricEvent) {
        switch event {
        case .start, .done: break
        case .step(let step):
            learningRate = step.learningRate
            gradientNorm = step.gradientNorm
            losses.append(Double(step.step), step.loss)
        case .layers(let measured): layers = measured.layers
        case .evaluation(let evaluation):
            evaluations.append(evaluation)
            if evaluations.count > Self.evaluationLimit {
                evaluations = evaluations.enumerated().filter { $0.offset.isMultiple(of: 2) }
                    .map(\.element)
            }
        case .sample(let new): sample = new
        }
    }

    /// A curve of any length in at most two thousand points, each the mean of as many.
    struct ThinnedCurve: Sendable {
        private(set) var points: [FigurePoint] = []
        private var perPoint = 1
        private var sum = FigurePoint(x: 0, y: 0)
        private var count = 0

        private static let limit = 2000

        /// Adds a point on the right; one that is not finite is left out.
        mutating func append(_ x: Double, _ y: Double) {
            guard x.isFinite, y.isFinite else { return }
            sum.x += x
            sum.y += y
            count += 1
            guard count == perPoint else { return }
            points.append(FigurePoint(x: sum.x / Double(count), y: sum.y / Double(count)))
            (sum, count) = (FigurePoint(x: 0, y: 0), 0)
            guard points.count == Self.limit else { return }
            points = stride(from: 0, to: points.count, by: 2).map { index in
                let (a, b) = (points[index], points[index + 1])
                return FigurePoint(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
            }
            perPoint *= 2
        }
    }
}
