internal import AttendModels

/// How long sequences are in the first part of a training.
public struct ContextStage: Codable, Hashable, Sendable {
    /// How many tokens a sequence has.
    public var context: Int
    /// The step before which it has them.
    public var untilStep: Int

    /// A stage.
    public init(context: Int, untilStep: Int) {
        self.context = context
        self.untilStep = untilStep
    }

    /// The most stages of a training.
    public static let mostStages = 16
}

/// In what order examples come.
public enum Curriculum: String, Codable, Hashable, Sendable, CaseIterable {
    /// The short ones first; in the second half of the steps, all.
    case easyToHard = "easy-to-hard"
}

extension TrainingSettings {
    /// What is wrong with the stages, as the end of a sentence; nil where nothing is.
    var stagesProblem: String? {
        guard let contextSchedule else { return nil }
        if !(1...ContextStage.mostStages).contains(contextSchedule.count) {
            return "contextSchedule has \(contextSchedule.count) stages, but must have from 1 to"
                + " \(ContextStage.mostStages)"
        }
        var last = 0
        for stage in contextSchedule {
            if !(1...1_048_576).contains(stage.context) {
                return
                    "contextSchedule has a context of \(stage.context), but it must be from 1 to 1048576"
            }
            if stage.untilStep <= last || stage.untilStep > 1_000_000_000 {
                return
                    "contextSchedule has untilStep \(stage.untilStep) after \(last), but each must be greater"
                    + " than the one before"
            }
            last = stage.untilStep
        }
        return nil
    }
}

extension RunConfiguration {
    /// What does not fit the model or the data; nil where all does.
    public var curriculumProblem: String? {
        let kind = data.kind
        if let mixture = data.mixture {
            if kind != .text {
                return "has a mixture, which is for text, but data of the kind \(kind.rawValue)"
            }
            if let problem = MixedSource.problem(mixture) { return problem }
        }
        if training.curriculum != nil, kind != .pairs {
            return "has a curriculum, which is for pairs, but data of the kind \(kind.rawValue)"
        }
        guard let stages = training.contextSchedule else { return nil }
        if kind != .text {
            return "has a contextSchedule, which is for text, but data of the kind \(kind.rawValue)"
        }
        let context = model.sizes.contextLength
        if let stage = stages.first(where: { $0.context > context }) {
            return "has a stage of \(stage.context) tokens, but the model's context is \(context)"
        }
        return nil
    }
}
