/// One event of TensorBoard: the message `tensorflow.Event`.
///
/// - Source: TensorBoard, compat/proto/event.proto and summary.proto.
package struct TensorBoardEvent {
    /// What is told.
    package enum Content {
        /// Which form the file has; the first event of each.
        case fileVersion
        /// Values by their names.
        case scalars([(tag: String, value: Float)])
        /// Whatever was told of this step and later ones is void: a training goes on from before it.
        case restart
    }

    /// When it happened, in seconds since 1970.
    package var wallTime: Double
    /// How many steps had been made.
    package var step: Int
    /// What is told.
    package var content: Content

    /// An event.
    package init(wallTime: Double, step: Int, content: Content) {
        self.wallTime = wallTime
        self.step = step
        self.content = content
    }

    /// The event as a message.
    package var bytes: [UInt8] {
        var event = ProtocolBufferMessage()
        event.add(wallTime, field: 1)
        if step != 0 { event.add(Int64(step), field: 2) }
        switch content {
        case .fileVersion: event.add("brain.Event:2", field: 3)
        case .scalars(let scalars):
            var summary = ProtocolBufferMessage()
            for (tag, value) in scalars {
                var scalar = ProtocolBufferMessage()
                scalar.add(tag, field: 1)
                scalar.add(value, field: 2)
                summary.add(scalar, field: 1)
            }
            event.add(summary, field: 5)
        case .restart:
            var session = ProtocolBufferMessage()
            session.add(Int64(1), field: 1)
            event.add(session, field: 7)
        }
        return event.bytes
    }

    /// The values of an event of training; none where it has none to draw.
    static func scalars(of event: MetricEvent) -> [(tag: String, value: Float)] {
        switch event {
        case .step(let step):
            [
                ("loss/step", Float(step.loss)),
                ("optimizer/learningRate", Float(step.learningRate)),
                ("optimizer/gradientNorm", Float(step.gradientNorm)),
                ("speed/tokensPerSecond", Float(step.tokensPerSecond)),
            ]
        case .layers(let layers):
            layers.layers.flatMap { layer in
                [
                    ("gradientNorm/\(layer.name)", Float(layer.gradientNorm)),
                    ("weightNorm/\(layer.name)", Float(layer.weightNorm)),
                    ("updateRatio/\(layer.name)", Float(layer.updateRatio)),
                ]
            }
        case .evaluation(let evaluation):
            [
                ("loss/train", Float(evaluation.trainLoss)),
                ("loss/validation", Float(evaluation.validationLoss)),
            ] + (evaluation.accuracy.map { [("accuracy/validation", Float($0))] } ?? [])
                + (evaluation.validationLosses ?? [:]).sorted { $0.key < $1.key }
                .map { ("loss/validation/\($0.key)", Float($0.value)) }
                + (evaluation.trainAccuracy.map { [("accuracy/train", Float($0))] } ?? [])
        case .start, .sample, .done: []
        }
    }

    /// The step of an event in the form of ``bytes``; 0 where it says none.
    package static func step(in bytes: some Collection<UInt8>) -> UInt64 {
        // The time: one byte for the field, eight for its value.
        let rest = bytes.dropFirst(9)
        guard bytes.first == 1 << 3 | 1, rest.first == 2 << 3 else { return 0 }
        var step: UInt64 = 0
        for (place, byte) in rest.dropFirst().prefix(10).enumerated() {
            step |= UInt64(byte & 0x7F) << (7 * UInt64(place))
            if byte < 0x80 { break }
        }
        return step
    }
}
