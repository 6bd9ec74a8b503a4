internal import AttendText

extension MetricEvent {
    /// The event as one line of JSON without its line break, the members always in the same order.
    public var jsonLine: String {
        var object = JSONObjectText()
        switch self {
        case .start(let event):
            object.add("event", "start")
            object.add("parameters", event.parameters)
            object.add("run", event.run)
            object.add("floor", event.floor)
        case .step(let event):
            object.add("event", "step")
            object.add("step", event.step)
            object.add("loss", event.loss)
            object.add("learningRate", event.learningRate)
            object.add("gradientNorm", event.gradientNorm)
            object.add("tokensPerSecond", event.tokensPerSecond)
            if let skipped = event.skipped { object.add("skipped", skipped.rawValue) }
        case .layers(let event):
            object.add("event", "layers")
            object.add("step", event.step)
            object.add(
                "layers",
                event.layers.map { layer in
                    var object = JSONObjectText()
                    object.add("name", layer.name)
                    object.add("gradientNorm", layer.gradientNorm)
                    object.add("weightNorm", layer.weightNorm)
                    object.add("updateRatio", layer.updateRatio)
                    return object
                })
        case .evaluation(let event):
            object.add("event", "evaluation")
            object.add("step", event.step)
            object.add("trainLoss", event.trainLoss)
            object.add("validationLoss", event.validationLoss)
            object.add("floor", event.floor)
            object.add("accuracy", event.accuracy)
            object.add("validationLosses", event.validationLosses)
            object.add("trainAccuracy", event.trainAccuracy)
        case .sample(let event):
            object.add("event", "sample")
            object.add("step", event.step)
            object.add("text", event.text)
        case .done(let event):
            object.add("event", "done")
            object.add("run", event.run)
            object.add("steps", event.steps)
            object.add("validationLoss", event.validationLoss)
            object.add("bitsPerByte", event.bitsPerByte)
            object.add("seconds", event.seconds)
            if let reason = event.reason { object.add("reason", reason.rawValue) }
            object.add("totalSeconds", event.totalSeconds)
            object.add("peakMemoryBytes", event.peakMemoryBytes)
            object.add("activationBytes", event.activationBytes)
            object.add("memoryLimitBytes", event.memoryLimitBytes)
        }
        return object.text
    }
}

extension MetricEvent: Codable {
    private enum Key: String, CodingKey {
        case event, parameters, run, floor, accuracy, trainAccuracy, step, loss, learningRate,
            gradientNorm
        case skipped, reason
        case tokensPerSecond, layers, trainLoss, validationLoss, bitsPerByte, text, steps, seconds
        case totalSeconds, peakMemoryBytes, activationBytes, memoryLimitBytes
        case validationLosses
    }

    /// Reads an event; members it does not know are ignored, so that later versions may add some.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)

        func count(_ key: Key) throws -> Int {
            let value = try container.decode(Int.self, forKey: key)
            guard value >= 0 else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(value) is negative")
            }
            return value
        }

        func number(_ key: Key) throws -> Double {
            try container.decode(Double?.self, forKey: key) ?? .nan
        }

        let kind = try container.decode(String.self, forKey: .event)
        switch kind {
        case "start":
            self = .start(
                Start(
                    parameters: try count(.parameters),
                    run: try container.decode(String.self, forKey: .run),
                    floor: try container.decodeIfPresent(Double.self, forKey: .floor)))
        case "step":
            self = .step(
                Step(
                    step: try count(.step), loss: try number(.loss),
                    learningRate: try number(.learningRate),
                    gradientNorm: try number(.gradientNorm),
                    tokensPerSecond: try number(.tokensPerSecond),
                    skipped: try container.decodeIfPresent(Step.Skipped.self, forKey: .skipped)))
        case "layers":
            self = .layers(
                Layers(
                    step: try count(.step),
                    layers: try container.decode([Layer].self, forKey: .layers)))
        case "evaluation":
            self = .evaluation(
                Evaluation(
                    step: try count(.step), trainLoss: try number(.trainLoss),
                    validationLoss: try number(.validationLoss),
                    floor: try container.decodeIfPresent(Double.self, forKey: .floor),
                    accuracy: try container.decodeIfPresent(Double.self, forKey: .accuracy),
                    validationLosses: try container.decodeIfPresent(
                        [String: Double?].self, forKey: .validationLosses)?
                        .mapValues { $0 ?? .nan },
                    trainAccuracy: try container.decodeIfPresent(
                        Double.self, forKey: .trainAccuracy)))
        case "sample":
            self = .sample(
                Sample(
                    step: try count(.step),
                    text: try container.decode(String.self, forKey: .text)))
        case "done":
            self = .done(
                Done(
                    run: try container.decode(String.self, forKey: .run),
                    steps: try count(.steps), validationLoss: try number(.validationLoss),
                    bitsPerByte: try container.decodeIfPresent(Double.self, forKey: .bitsPerByte),
                    seconds: try number(.seconds),
                    totalSeconds: try container.decodeIfPresent(
                        Double.self, forKey: .totalSeconds),
                    peakMemoryBytes: try container.decodeIfPresent(
                        Double.self, forKey: .peakMemoryBytes),
                    activationBytes: try container.decodeIfPresent(
                        Double.self, forKey: .activationBytes),
                    memoryLimitBytes: try container.decodeIfPresent(
                        Double.self, forKey: .memoryLimitBytes),
                    reason: try container.decodeIfPresent(Done.Reason.self, forKey: .reason)))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .event, in: container,
                debugDescription:
                    "\"\(kind)\" is none of start, step, layers, evaluation, sample and done")
        }
    }

    /// Writes the members of ``jsonLine``; their order is the encoder's choice.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)

        func encode(_ value: Double, _ key: Key) throws {
            try container.encode(Decimal(value), forKey: key)
        }

        switch self {
        case .start(let event):
            try container.encode("start", forKey: .event)
            try container.encode(event.parameters, forKey: .parameters)
            try container.encode(event.run, forKey: .run)
            if let floor = event.floor { try encode(floor, .floor) }
        case .step(let event):
            try container.encode("step", forKey: .event)
            try container.encode(event.step, forKey: .step)
            try encode(event.loss, .loss)
            try encode(event.learningRate, .learningRate)
            try encode(event.gradientNorm, .gradientNorm)
            try encode(event.tokensPerSecond, .tokensPerSecond)
            try container.encodeIfPresent(event.skipped, forKey: .skipped)
        case .layers(let event):
            try container.encode("layers", forKey: .event)
            try container.encode(event.step, forKey: .step)
            try container.encode(event.layers, forKey: .layers)
        case .evaluation(let event):
            try container.encode("evaluation", forKey: .event)
            try container.encode(event.step, forKey: .step)
            try encode(event.trainLoss, .trainLoss)
            try encode(event.validationLoss, .validationLoss)
            if let floor = event.floor { try encode(floor, .floor) }
            if let accuracy = event.accuracy { try encode(accuracy, .accuracy) }
            try container.encodeIfPresent(
                event.validationLosses?.mapValues { $0.isFinite ? $0 : nil },
                forKey: .validationLosses)
            if let accuracy = event.trainAccuracy { try encode(accuracy, .trainAccuracy) }
        case .sample(let event):
            try container.encode("sample", forKey: .event)
            try container.encode(event.step, forKey: .step)
            try container.encode(event.text, forKey: .text)
        case .done(let event):
            try container.encode("done", forKey: .event)
            try container.encode(event.run, forKey: .run)
            try container.encode(event.steps, forKey: .steps)
            try encode(event.validationLoss, .validationLoss)
            if let bits = event.bitsPerByte { try encode(bits, .bitsPerByte) }
            try encode(event.seconds, .seconds)
            try container.encodeIfPresent(event.reason, forKey: .reason)
            if let seconds = event.totalSeconds { try encode(seconds, .totalSeconds) }
            if let bytes = event.peakMemoryBytes { try encode(bytes, .peakMemoryBytes) }
            if let bytes = event.activationBytes { try encode(bytes, .activationBytes) }
            if let bytes = event.memoryLimitBytes { try encode(bytes, .memoryLimitBytes) }
        }
    }
}
