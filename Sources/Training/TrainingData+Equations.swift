internal import AttendCheckpoints
internal import AttendModels
internal import AttendText

extension TrainingData {
    /// All sums modulo a number.
    init(
        equations modulus: Int, _ request: Request, tokenizer known: SavedTokenizer?
    ) throws {
        let share = request.trainingShare ?? ModularAddition.usualTrainingShare
        let data = try ModularAddition(
            modulus: modulus, trainingShare: share, seed: request.seed)
        tokenizer = try data.tokenizer()
        guard known ?? tokenizer == tokenizer else {
            throw ConfigurationError(problems: [
                "\(data.name) has a vocabulary of its own, the numbers below \(modulus) and =, and the tokenizer given is"
                    + " another one; leave it out"
            ])
        }
        content = .equations(data)
        notices = []
        let parts = [data.training, data.validation].map { $0.map { "\($0)\n" } }
        let counts = parts.map { $0.reduce(0) { $0 + $1.unicodeScalars.count } }
        var description = DataDescription(
            // The parts are told apart, since together they are the same whatever the share.
            source: data.name, sha256: Self.hash(parts[0] + ["\n"] + parts[1]),
            trainingCharacterCount: counts[0], validationCharacterCount: counts[1],
            tokenizer: "word", documentSeparator: nil, floor: nil)
        description.trainingShare = share
        description.trainingExampleCount = data.training.count
        description.validationExampleCount = data.validation.count
        self.description = description
    }
}
