/// The states of a grammar that were met so far, numbered, and the bytes that lead from one to another.
///
/// A grammar's states may be endless, so the table grows as it is used. Within a string, say, a state leads back to itself, and
/// all tokens of a vocabulary are walked by looking into one row.
struct GrammarAutomaton: Sendable {
    /// The states at which the table is begun anew.
    static let mostStates = 4096
    /// The most states that one search for tokens may add.
    static let mostNewStates = 16_384
    /// The most steps of one search for tokens.
    static let mostSearchSteps = 33_554_432

    /// No text of the grammar goes on so.
    static let dead: Int32 = -1
    private static let unknown: Int32 = -2

    private(set) var states: [GrammarState] = []
    private var numbers: [GrammarState: Int32] = [:]
    /// For each state the number of the state after each of the 256 bytes.
    private var transitions: [Int32] = []
    private var steps = 0
    private var firstNew = 0
    /// Why a transition was not followed, where one was not.
    private(set) var limit: ConstraintError?

    /// A table with one state, whose number is 0.
    init(_ state: GrammarState) { _ = number(of: state) }

    /// The number of a state, which is added where it was not met before.
    mutating func number(of state: GrammarState) -> Int32 {
        if let number = numbers[state] { return number }
        let number = Int32(states.count)
        states.append(state)
        numbers[state] = number
        transitions += repeatElement(Self.unknown, count: 256)
        return number
    }

    /// Prepares for a search, whose limits count from here.
    mutating func beginSearch() {
        steps = 0
        firstNew = states.count
    }

    /// The state after a byte, or ``dead``.
    ///
    /// - Throws: ``ConstraintError/tooMuchWork(limit:)``.
    @inline(__always)
    mutating func next(_ state: Int32, _ byte: UInt8) throws(ConstraintError) -> Int32 {
        let known = transitions[Int(state) << 8 | Int(byte)]
        return known == Self.unknown ? try find(state, byte) : known
    }

    private mutating func find(_ number: Int32, _ byte: UInt8) throws(ConstraintError) -> Int32 {
        var state = states[Int(number)]
        var target = Self.dead
        if state.accepts(byte) {
            // A byte that goes too deep is not allowed; others may lead out again.
            do throws(ConstraintError) {
                steps += try state.advance(by: byte)
                target = self.number(of: state)
            } catch {
                steps += GrammarState.mostReadings
                limit = error
            }
            guard steps <= Self.mostSearchSteps, states.count - firstNew <= Self.mostNewStates
            else { throw .tooMuchWork(limit: Self.mostSearchSteps) }
        }
        transitions[Int(number) << 8 | Int(byte)] = target
        return target
    }
}
