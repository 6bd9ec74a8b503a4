import ArgumentParser
import Attend
import Foundation

/// What a command ends with.
enum ExitStatus: Int32 {
    case done = 0
    case usage = 64
    case badInput = 65
    case internalFault = 70
    case interrupted = 130
}

/// Flags that are each right but do not go together, or do not fit the model.
struct UsageError: Error, CustomStringConvertible {
    let description: String
}

/// Turns whatever ends a command into one sentence and an exit status.
struct Failure {
    let status: ExitStatus
    /// What to print: help on standard output where the status is that of success, else one sentence.
    let message: String

    init(_ error: any Error) {
        switch error {
        case is UsageError, TrainingError.finished, TrainingError.endedEarly,
            is GenerationError where Self.isAboutSettings(error):
            self.init(.usage, "\(error)")
        case is CheckpointError, is DataError, is TokenizerError, is ConfigurationError,
            is LoadingError, is FamilyError, is GenerationError, is TrainingError,
            is MetricsLogError, is ChatTemplateError,
            is ConstraintFileError, is OutputError,
            is StandardInputError, is PromptLineError:
            self.init(.badInput, "\(error)")
        case is Interruption:
            self.init(.interrupted, "Interrupted.")
        default:
            let code = AttendCommand.exitCode(for: error)
            let text = AttendCommand.message(for: error)
            switch code {
            case .success: self.init(.done, help: AttendCommand.fullMessage(for: error))
            case .validationFailure: self.init(.usage, Self.oneSentence(text))
            default: self.init(.internalFault, "Internal fault, please report it: \(text)")
            }
        }
    }

    private init(_ status: ExitStatus, _ sentence: String) {
        self.status = status
        var sentence = sentence
        // The end of a sentence says what would be accepted: of a value without end, the middle is left out.
        if sentence.count > 800 { sentence = "\(sentence.prefix(300))…\(sentence.suffix(400))" }
        if let last = sentence.last, !".?!".contains(last) { sentence += "." }
        message = sentence.legible
    }

    private init(_ status: ExitStatus, help: String) {
        self.status = status
        message = help
    }

    private static func isAboutSettings(_ error: any Error) -> Bool {
        switch error {
        case GenerationError.logitsAreNotFinite, GenerationError.vectorsAreNotFinite,
            GenerationError.constraint, GenerationError.draft, GenerationError.promptTooLong,
            GenerationError.contextIsFull, GenerationError.noAnswer:
            false
        default: true
        }
    }

    /// The parser's message with its suggestion as a part of the sentence, or with where to look.
    private static func oneSentence(_ text: String) -> String {
        // The parser puts alternatives on lines of their own, which begin with spaces.
        let line = text.components(separatedBy: "\n   ")[0]
        if let range = line.range(of: ". Did you mean") {
            return line.replacingCharacters(in: range, with: "; did you mean")
        }
        let isPlain = ["Unexpected", "Unknown", "Missing"].contains { line.hasPrefix($0) }
        return isPlain ? line + "; --help tells what is accepted." : line
    }
}

/// Faults of the program itself.
enum InternalFaults {
    /// Makes a trap end the process with the status of an internal fault rather than with a signal.
    ///
    /// Not where the user wants a backtrace, for which Swift needs the signals itself.
    static func listen() {
        if ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] != nil { return }
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV, SIGFPE] {
            _ = signal(number) { _ in _exit(ExitStatus.internalFault.rawValue) }
        }
    }
}
