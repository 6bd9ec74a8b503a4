import AttendTraining
import Foundation

/// An invented but plausible run for the tests of reports and logs.
enum SampleRun {
    static let summary = ReportSummary(
        title: "default on tales", modelName: "GPT", parameterCount: 812_544,
        configuration: [
            ("layers", "4"), ("heads", "4"), ("width", "128"), ("context length", "128"),
            ("batch", "32"), ("dropout", "0"), ("learning rate", "0.001 → 0.0001, cosine"),
            ("warm-up", "100 steps"), ("precision", "float32"), ("threads", "2"),
        ],
        dataDescription: "the built-in corpus tales, 1,000,000 characters", tokenName: "character",
        seed: 1, command: "attend train --seed 1", run: "runs/default on tales",
        plannedSteps: 2000)

    static let texts = [
        (0, "qX?hvUk;e\nTz,gRm\u{1B}[31m oP  w&<b>dj"),
        (250, "the sor and the was in to he bear the foud. she seed hon the ware wis"),
        (500, "The bear wanted the honey. She was to the hill and the river said the was cold."),
        (
            1000,
            "Once there was a small fox named Ada. Ada wanted a honey, but the river was wide."
        ),
        (
            2000,
            """
            Once there was a small fox named Ada. She lived by the river, and she wanted honey \
            more than anything. But the river was wide, and the bridge was broken.

            “I will ask the bear,” said Ada. The bear listened. “I know where the honey is,” \
            he said, “and I know a way across.” Together they crossed, and that evening Ada \
            shared the honey with the bear.
            """
        ),
    ]

    private static func layers(at step: Int) -> MetricEvent.Layers {
        let names = ["embedding"] + (1...12).map { "block \($0)" } + ["head"]
        let fall = 0.2 + exp(-Double(step) / 80)
        return .init(
            step: step,
            layers: names.enumerated().map { depth, name in
                let wave = 1 + 0.1 * sin(Double(step) / 37 + Double(depth))
                return .init(
                    name: name, gradientNorm: fall * wave * exp(-Double(depth) / 5),
                    weightNorm: 10,
                    updateRatio: 2e-3 * fall * wave * exp(Double(depth) / 12))
            })
    }

    static let events: [MetricEvent] = {
        var events: [MetricEvent] = [
            .start(.init(parameters: 812_544, run: "runs/default on tales", floor: 0.842))
        ]
        func expected(_ step: Int) -> Double {
            0.872 + 2.9 * exp(-Double(step) / 90) + 0.55 * exp(-Double(step) / 420)
        }
        for step in 0...2000 {
            let noise = Double(step * 7919 % 1000) / 1000 - 0.5
            if step > 0 {
                let decayed = 0.00045 * (1 + cos(Double(step - 100) / 1900 * .pi)) + 0.0001
                events.append(
                    .step(
                        .init(
                            step: step, loss: expected(step) + noise * 0.1,
                            learningRate: step < 100 ? 0.001 * Double(step) / 100 : decayed,
                            gradientNorm: 0.4 + 6 * exp(-Double(step) / 60) + 0.2 * noise * noise
                                + (step == 777 ? 4 : 0),
                            tokensPerSecond: 118_000 + 9000 * noise)))
            }
            if step > 0, step.isMultiple(of: 20) {
                events.append(.layers(layers(at: step)))
            }
            if step.isMultiple(of: 100) {
                events.append(
                    .evaluation(
                        .init(
                            step: step, trainLoss: expected(step),
                            validationLoss: expected(step) + 0.012, floor: 0.842)))
            }
            if let text = texts.first(where: { $0.0 == step })?.1 {
                events.append(.sample(.init(step: step, text: text)))
            }
        }
        events.append(
            .done(
                .init(
                    run: "runs/default on tales", steps: 2000, validationLoss: 0.888,
                    seconds: 71.4)))
        return events
    }()
}
