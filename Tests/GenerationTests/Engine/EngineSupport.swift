import AttendCheckpoints
import AttendGeneration
import AttendModels
import AttendText

/// What an engine told of one request.
struct EngineText: Equatable {
    var tokens: [Int32] = []
    var text = ""
    var summary: GenerationEvent.Summary?
    var failure: GenerationError?
}

extension GenerationEngine {
    /// Steps to the end.
    ///
    /// - Parameter body: called before each step.
    mutating func runToEnd(
        _ body: (inout GenerationEngine) -> Void = { _ in }
    ) -> [GenerationRequest.ID: EngineText] {
        var texts: [GenerationRequest.ID: EngineText] = [:]
        var steps = 0
        while !isIdle, steps < 100_000 {
            body(&self)
            for event in step() { texts[event.request, default: EngineText()].note(event) }
            steps += 1
        }
        return texts
    }
}

extension EngineText {
    mutating func note(_ event: GenerationEvent) {
        switch event.kind {
        case .token(let token, let piece):
            tokens.append(token)
            text += piece
        case .finished(let summary): self.summary = summary
        case .failed(let error): failure = error
        }
    }
}

/// Characters, and a model of them with strong opinions.
struct EngineSample {
    let tokenizer: SavedTokenizer
    let model: GPT

    init(contextLength: Int = 16) throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(
            vocabularySize: characters.vocabularySize, contextLength: contextLength)
    }

    func engine(_ limits: EngineLimits = EngineLimits()) throws -> GenerationEngine {
        try GenerationEngine(model: model, tokenizer: tokenizer, limits: limits)
    }

    /// The text that a generator writes by itself.
    func alone(_ prompt: String, _ settings: GenerationSettings) throws -> GeneratedText {
        var generator = try Generator(
            model: model, tokenizer: tokenizer, prompt: prompt, settings: settings)
        return try generator.run()
    }
}
