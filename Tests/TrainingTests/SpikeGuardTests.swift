import AttendTraining
import Foundation
import Testing

@Suite("Steps that stand out")
struct SpikeGuardTests {
    private func settled(_ count: Int = SpikeGuard.windowLength) -> SpikeGuard {
        var window = SpikeGuard()
        for step in 0..<count {
            let found = window.spike(
                loss: 2 + Double(step % 5) / 10, norm: 1 + Double(step % 3) / 10, threshold: 6)
            #expect(found == nil)
        }
        return window
    }

    @Test("A loss or a norm six deviations above the mean is a spike, one below it none")
    func threshold() {
        // Mean 2.2 and 1.1, deviations 0.14 and 0.08.
        var steady = settled()
        #expect(steady.spike(loss: 2.9, norm: 1.1, threshold: 6) == nil)
        #expect(steady.spike(loss: 0.1, norm: 0.01, threshold: 6) == nil)
        let loss = steady.spike(loss: 5, norm: 1.1, threshold: 6)
        #expect(loss?.quantity == "loss" && loss?.value == 5)
        let norm = steady.spike(loss: 2.2, norm: 3, threshold: 6)
        #expect(norm?.quantity == "gradient norm")
        #expect("\(loss!)".hasPrefix("its loss 5.0 is "))
    }

    @Test("The first steps are never spikes, and nothing is one where nothing varies")
    func beginning() {
        var young = settled(SpikeGuard.fewestSteps - 1)
        #expect(young.spike(loss: 1e6, norm: 1e6, threshold: 6) == nil)
        var constant = SpikeGuard()
        for _ in 0..<100 { _ = constant.spike(loss: 1, norm: 1, threshold: 6) }
        #expect(constant.spike(loss: 1.000_001, norm: 1, threshold: 6) == nil)
        #expect(constant.spike(loss: 1.1, norm: 1, threshold: 6) != nil)
    }

    @Test("Spikes do not move the window, and after ten in a row the new level is taken for right")
    func bounded() {
        var steady = settled()
        for _ in 0..<SpikeGuard.mostInARow {
            #expect(steady.spike(loss: 9, norm: 1.1, threshold: 6) != nil)
        }
        #expect(steady.spike(loss: 9, norm: 1.1, threshold: 6) == nil)
        #expect(steady.spike(loss: 9, norm: 1.1, threshold: 6) == nil)
        // A step between them begins the count anew.
        var other = settled()
        for _ in 0..<30 {
            #expect(other.spike(loss: 9, norm: 1.1, threshold: 6) != nil)
            #expect(other.spike(loss: 2.2, norm: 1.1, threshold: 6) == nil)
        }
    }

    @Test("What is saved is what goes on")
    func coding() throws {
        var steady = SpikeGuard()
        for step in 1...100 {
            _ = steady.spike(loss: 1 / Double(step), norm: Double(Float(step) / 7), threshold: 6)
        }
        let copy = try JSONDecoder().decode(
            SpikeGuard.self, from: JSONEncoder().encode(steady))
        #expect(copy == steady)
    }
}
