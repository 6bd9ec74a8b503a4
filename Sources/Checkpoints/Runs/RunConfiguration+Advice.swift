internal import AttendModels

/// What can be done and is rarely meant.
extension RunConfiguration {
    /// Why a batch cannot be computed in as many parts as the settings ask for, as a sentence; nil where it can.
    ///
    /// Runs of older versions may have been begun so: they go on, in as many parts as a batch has rows.
    public var accumulationProblem: String? {
        guard data.kind == .text, training.accumulation > training.batch else { return nil }
        let rows = training.batch
        return "--accumulation \(training.accumulation) is more parts than a batch of \(rows)"
            + " \(rows == 1 ? "row" : "rows") can be computed in; expected at most \(rows), or a larger --batch."
    }

    /// Sentences for whoever begins a run with these settings.
    public var notices: [String] {
        [shortRowsNotice, warmupNotice].compactMap(\.self)
    }

    /// That batches which are limited by their tokens may have fewer rows than they are to have parts.
    private var shortRowsNotice: String? {
        let context = model.sizes.contextLength
        let rows = max(training.batchTokens / max(context, 1), 1)
        guard data.kind != .text, training.accumulation > rows else { return nil }
        return "A batch of \(training.batchTokens) tokens (--batch-tokens) has as few as \(rows)"
            + " \(rows == 1 ? "row" : "rows") where these have up to \(context) tokens, and is then computed in"
            + " \(rows) \(rows == 1 ? "part" : "parts") rather than --accumulation \(training.accumulation)."
    }

    /// That the learning rate rises for all of the run.
    private var warmupNotice: String? {
        // The inverse root has no rise, and a run of one step no time for it.
        guard training.schedule != .inverseRoot, training.steps > 1,
            training.warmupSteps >= training.steps
        else { return nil }
        return
            "The learning rate rises over \(training.warmupSteps) steps (--warmup), and the run has"
            + " \(training.steps), so it never reaches \(training.learningRate); give a --warmup below --steps."
    }
}
