internal import AttendFigures
internal import AttendText

/// Why a training cannot go on.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
    /// Something in a step was infinite or not a number.
    case notFinite(step: Int, NumericFault)
    /// The same in as many steps in a row as may be left out.
    case lastingFault(step: Int, skipped: Int, NumericFault)
    /// A run that was to be resumed has nothing left to do.
    case finished(path: String, steps: Int)
    /// The same, since its evaluations brought no gain any more.
    case endedEarly(path: String, steps: Int)

    /// What happened and what would do, in a sentence.
    public var description: String {
        switch self {
        case .notFinite(let step, let fault):
            "In step \(step) \(fault) became infinite or not a number, and the training stopped; begin a new run with"
                + " a lower --learning-rate, or with --non-finite skip, which leaves such steps out"
                + (fault.namesOperation ? "." : "; --detect-anomaly names the operation.")
        case .lastingFault(let step, let skipped, let fault):
            "In step \(step) \(fault) became infinite or not a number, as in \(skipped) steps before it that were left out,"
                + " and the training stopped; begin a new run with a lower --learning-rate or --gradient-clip."
        case .finished(let path, let steps):
            "\(path.legible): the run has taken all of its \(Numeral.count(steps)) steps; begin a new one with more --steps."
        case .endedEarly(let path, let steps):
            "\(path.legible): the run ended at step \(Numeral.count(steps)), since its evaluations brought no gain any more; begin "
                + "a new one with a greater --patience."
        }
    }
}
