import AttendFigures

/// How far training has come.
public struct ProgressState: Hashable, Sendable {
    /// How many steps have been made.
    public var step: Int
    /// How many steps there will be.
    public var totalSteps: Int
    /// How many steps had been made when this process began; more than zero for a resumed run.
    public var firstStep: Int
    /// Seconds since this process began to train.
    public var elapsedSeconds: Double
    /// The loss on the last batch, or a running mean, in nats per token.
    public var loss: Double?
    /// The last loss on the validation split in nats per token.
    public var validationLoss: Double?
    /// The least possible loss in nats per token, where it is known.
    public var floor: Double?
    /// Tokens trained on in one second.
    public var tokensPerSecond: Double?

    /// A state of training; what is not known yet is left out.
    public init(
        step: Int, totalSteps: Int, firstStep: Int = 0, elapsedSeconds: Double = 0,
        loss: Double? = nil, validationLoss: Double? = nil, floor: Double? = nil,
        tokensPerSecond: Double? = nil
    ) {
        self.step = step
        self.totalSteps = totalSteps
        self.firstStep = firstStep
        self.elapsedSeconds = elapsedSeconds
        self.loss = loss
        self.validationLoss = validationLoss
        self.floor = floor
        self.tokensPerSecond = tokensPerSecond
    }

    /// Seconds that the remaining steps will take at the speed so far; nil before the first step.
    public var remainingSeconds: Double? {
        let made = step - firstStep
        guard made > 0, step < totalSteps else { return nil }
        return elapsedSeconds / Double(made) * Double(totalSteps - step)
    }

    /// The part of all steps that has been made, from 0 to 1.
    public var fraction: Double {
        totalSteps > 0 ? min(max(Double(step) / Double(totalSteps), 0), 1) : 1
    }
}

/// Renders the state of training as one line of text.
public enum ProgressLine {
    /// The line for a terminal.
    ///
    /// What does not fit is left out, the least needed first: the bar, the floor, the speed, the
    /// validation loss, the time left, the loss.
    ///
    /// - Parameters:
    ///   - width: the columns of the terminal; the line stays below, since a line that fills the
    ///     last column wraps on some terminals.
    ///   - isColored: whether to use colours.
    ///   - isUnicode: whether the terminal shows more than ASCII.
    ///   - barLimit: the most columns of the bar; none for a file.
    public static func text(
        _ state: ProgressState, width: Int, isColored: Bool = false, isUnicode: Bool = true,
        barLimit: Int = 30
    ) -> String {
        let available = max(1, width - 1)
        let parts = parts(of: state)
        var used = 0
        var shown: Set<Int> = []
        for index in parts.indices.sorted(by: { parts[$0].rank < parts[$1].rank }) {
            let extent = parts[index].width + (shown.isEmpty ? 0 : separator.count)
            guard used + extent <= available else { break }
            used += extent
            shown.insert(index)
        }
        guard !shown.isEmpty else { return String(parts[0].value.prefix(available)) }
        let barWidth = min(barLimit, available - used - separator.count)
        var pieces: [String] = []
        for index in parts.indices where shown.contains(index) {
            pieces.append(parts[index].text(isColored: isColored))
            if index == 0, barWidth >= 8, shown.count == parts.count {
                pieces.append(
                    bar(
                        state.fraction, width: barWidth, isColored: isColored,
                        isUnicode: isUnicode))
            }
        }
        return pieces.joined(separator: separator)
    }

    private static let separator = "  "

    /// One measurement of the line.
    private struct Part {
        var label: String
        var value: String
        var unit = ""
        /// The lower, the longer it stays when the terminal is narrow.
        var rank: Int
        var isAlarming = false

        var width: Int {
            [label, value, unit].filter { !$0.isEmpty }.map(\.count).reduce(-1) { $0 + 1 + $1 }
        }

        func text(isColored: Bool) -> String {
            let styled = [
                isColored && !label.isEmpty ? dim(label) : label,
                isColored ? (isAlarming ? red(value) : rank <= 1 ? bold(value) : value) : value,
                isColored && !unit.isEmpty ? dim(unit) : unit,
            ]
            return styled.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    private static func parts(of state: ProgressState) -> [Part] {
        let total = String(state.totalSteps)
        let step = String(state.step)
        let padding = String(repeating: " ", count: max(0, total.count - step.count))
        var parts = [Part(label: "", value: "\(padding)\(step)/\(total)", rank: 0)]
        if let loss = state.loss {
            parts.append(
                Part(label: "loss", value: number(loss), rank: 1, isAlarming: !loss.isFinite))
        }
        if let loss = state.validationLoss {
            parts.append(
                Part(label: "validation", value: number(loss), rank: 3, isAlarming: !loss.isFinite))
        }
        if let floor = state.floor {
            parts.append(Part(label: "floor", value: number(floor), rank: 5))
        }
        if let speed = state.tokensPerSecond {
            parts.append(
                Part(
                    label: "", value: Numeral.brief(speed, digits: 3), unit: "tokens/s", rank: 4))
        }
        if let seconds = state.remainingSeconds {
            parts.append(
                Part(label: "", value: DurationText.text(seconds), unit: "left", rank: 2))
        } else if state.step >= state.totalSteps {
            parts.append(
                Part(label: "in", value: DurationText.text(state.elapsedSeconds), rank: 2))
        }
        return parts
    }

    private static func number(_ loss: Double) -> String {
        loss.isFinite ? Numeral.fixed(loss, places: 3) : loss.isNaN ? "NaN" : "infinite"
    }

    private static func bar(
        _ fraction: Double, width: Int, isColored: Bool, isUnicode: Bool
    ) -> String {
        let filled = Int((fraction * Double(width)).rounded(.down))
        let done = String(repeating: isUnicode ? "━" : "#", count: filled)
        // Without colour the two parts must differ by their shape.
        let open = String(
            repeating: isUnicode ? (isColored ? "━" : "┄") : "-", count: width - filled)
        return isColored ? "\u{1B}[36m\(done)\u{1B}[0m\(dim(open))" : done + open
    }

    private static func dim(_ text: String) -> String { "\u{1B}[2m\(text)\u{1B}[0m" }
    private static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }
    private static func red(_ text: String) -> String { "\u{1B}[1;31m\(text)\u{1B}[0m" }
}
