/// A text that a ``GenerationEngine`` is asked for.
public struct GenerationRequest: Hashable, Sendable {
    /// What is to be continued.
    public enum Prompt: Hashable, Sendable {
        /// A text, which is read with the marks that the tokenizer's template puts around one.
        case text(String)
        /// Ids, as they are.
        case tokens([Int32])
    }

    /// What is to be continued.
    public var prompt: Prompt
    /// What the text is to be like.
    public var settings: GenerationSettings

    /// A request.
    public init(_ prompt: Prompt, settings: GenerationSettings = GenerationSettings()) {
        self.prompt = prompt
        self.settings = settings
    }

    /// By what an engine knows a request; later ones are greater.
    public struct ID: Hashable, Comparable, Sendable {
        let number: UInt64

        /// Whether a request came before another.
        public static func < (left: ID, right: ID) -> Bool { left.number < right.number }
    }
}

/// What became of a request in a pass.
public struct GenerationEvent: Hashable, Sendable {
    /// The request.
    public let request: GenerationRequest.ID
    /// What happened.
    public let kind: Kind

    /// What can happen to a request.
    public enum Kind: Hashable, Sendable {
        /// A token was chosen, and this text, perhaps none, has become certain.
        case token(Int32, text: String)
        /// The text is at its end; nothing follows.
        case finished(Summary)
        /// No text can be written, or none after what was written; nothing follows.
        case failed(GenerationError)
    }

    /// A text that is at its end.
    public struct Summary: Hashable, Sendable {
        /// Why it ended.
        public let finishReason: FinishReason
        /// How many tokens were generated, with those of a stop text.
        public let tokenCount: Int
        /// How many tokens of the prompt the model read.
        public let promptTokenCount: Int
        /// How many of them other requests had left in the caches when this one was first taken on.
        public let sharedTokenCount: Int
        /// Sentences for the user, such as that some of the prompt's tokens were not read.
        public let notices: [String]
        /// The log-probability of all generated tokens together, in nats; nil where it was not asked for.
        public let logProbability: Double?
    }
}
