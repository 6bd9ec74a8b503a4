import ArgumentParser
import Attend

/// The flag that names how text is divided into words.
enum PatternName {
    static let list = WordPattern.choices.map(\.name).joined(separator: ", ")

    /// The pattern of a name.
    static func pattern(_ name: String) throws -> WordPattern {
        guard let choice = WordPattern.choices.first(where: { $0.name == name }) else {
            throw Name.unknown(name, among: WordPattern.choices.map(\.name))
        }
        return choice.expression
    }
}
