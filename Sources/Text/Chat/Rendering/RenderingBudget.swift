/// What is left of the limits while a template is rendered, and where in the template it is.
struct RenderingBudget {
    let limits: ChatTemplateLimits
    /// The line of the template that is being evaluated, for errors.
    var line = 1
    private var steps: Int
    private var storage: Int
    private var output: Int

    /// - Parameter inputBytes: the size of what the template is given.
    init(_ limits: ChatTemplateLimits, inputBytes: Int) {
        self.limits = limits
        steps = Self.total(limits.steps, limits.stepsPerByte, inputBytes)
        storage = Self.total(limits.storageBytes, limits.storagePerByte, inputBytes)
        output = Self.total(limits.outputBytes, limits.outputPerByte, inputBytes)
    }

    private static func total(_ base: Int, _ perByte: Int, _ bytes: Int) -> Int {
        let (more, overflow) = perByte.multipliedReportingOverflow(by: bytes)
        let (sum, sumOverflow) = base.addingReportingOverflow(more)
        return overflow || sumOverflow ? .max : sum
    }

    /// An error at the present line.
    func fault(_ explanation: String) -> ChatTemplateError {
        ChatTemplateError(.evaluation, line: line, explanation)
    }

    /// An error about a limit.
    func exceeded(_ explanation: String) -> ChatTemplateError {
        ChatTemplateError(.limit, line: line, explanation)
    }

    /// Takes note of work.
    mutating func spend(steps count: Int) throws(ChatTemplateError) {
        guard count <= steps else {
            throw exceeded(
                "takes more steps than the \(limits.steps) that any conversation has and the "
                    + "\(limits.stepsPerByte) for each of its bytes; give a template without endless "
                    + "repetition")
        }
        steps -= count
    }

    /// Takes note of a text of this many characters that was made.
    mutating func spend(characters count: Int) throws(ChatTemplateError) {
        try spend(steps: 1 + count / 16)
        try spend(storage: count, each: MemoryLayout<UInt32>.stride)
    }

    /// Takes note of a list, or mapping, of this many elements that was made.
    mutating func spend(elements count: Int) throws(ChatTemplateError) {
        try spend(steps: 1 + count / 4)
        try spend(storage: count, each: 2 * MemoryLayout<TemplateValue>.stride)
    }

    private mutating func spend(storage count: Int, each size: Int) throws(ChatTemplateError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes <= storage else {
            throw exceeded(
                "makes texts and lists of more than the \(limits.storageBytes) bytes that any "
                    + "conversation has and the \(limits.storagePerByte) for each of its bytes; give a "
                    + "template that repeats less")
        }
        storage -= bytes
    }

    /// Takes note of a text that was written.
    mutating func spend(output count: Int) throws(ChatTemplateError) {
        guard count <= output else {
            throw exceeded(
                "writes more than the \(limits.outputBytes) bytes that any conversation has and the "
                    + "\(limits.outputPerByte) for each of its bytes; give a template that repeats less"
            )
        }
        output -= count
    }
}
