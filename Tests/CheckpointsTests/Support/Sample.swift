import AttendCheckpoints
import Testing

/// A small thing to save: everything in it depends on the step.
struct SampleState: Codable, Equatable {
    var step: Int
    var best: Double
}

extension SnapshotStore {
    @discardableResult
    func saveSample(
        step: Int, size: Int = 1000, isBest: Bool = false, keepingLast: Int? = nil
    ) throws -> Found {
        try save(
            step: step,
            model: [
                .init(
                    name: "w", shape: [size],
                    elements: (0..<size).map { Float($0 + step) })
            ],
            optimizer: [.init(name: "m", shape: [2], elements: [Float(step), 0])],
            state: SampleState(step: step, best: .infinity), isBest: isBest,
            keepingLast: keepingLast)
    }
}

/// Checks that a snapshot holds what `saveSample` put there.
func expectSample(_ snapshot: Snapshot, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let step = snapshot.step
    let model = try snapshot.model().floats("w")
    #expect(
        model == model.indices.map { Float($0 + step) } && model.count > 0,
        sourceLocation: sourceLocation)
    #expect(try snapshot.optimizer().floats("m")[0] == Float(step), sourceLocation: sourceLocation)
    #expect(
        try snapshot.state(as: SampleState.self) == SampleState(step: step, best: .infinity),
        sourceLocation: sourceLocation)
}
