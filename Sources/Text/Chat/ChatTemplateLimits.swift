/// How much a chat template may ask for.
///
/// A template comes with a model, so from anywhere; it is a program and could run for ever. Every
/// limit is either a constant or grows with the size of the conversation, and a template that would
/// exceed it ends with an error that says which.
public struct ChatTemplateLimits: Hashable, Sendable {
    /// The longest template, in bytes.
    public var templateBytes = 1 << 20
    /// How deep brackets, operators and blocks may stand in one another in a template.
    public var syntaxDepth = 40
    /// How deep evaluation may go: the depths of all macros under way together.
    public var evaluationDepth = 200
    /// How many calls of macros may stand in one another.
    public var macroDepth = 50
    /// How deep lists and mappings may stand in one another as values.
    public var valueDepth = 100
    /// The longest `range`; the same as in the sandbox of Jinja's own library.
    public var rangeLength = 100_000
    /// Steps of evaluation, whatever the conversation.
    public var steps = 1_000_000
    /// Further steps for each byte of the conversation.
    public var stepsPerByte = 100
    /// Bytes of all texts and lists that are made while rendering, whatever the conversation.
    public var storageBytes = 64 << 20
    /// Further bytes for each byte of the conversation.
    public var storagePerByte = 256
    /// The longest result in bytes, whatever the conversation.
    public var outputBytes = 1 << 20
    /// Further bytes for each byte of the conversation.
    public var outputPerByte = 16

    /// The limits that hold unless others are given.
    public static let standard = ChatTemplateLimits()
}
