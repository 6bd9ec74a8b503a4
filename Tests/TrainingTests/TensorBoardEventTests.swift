import AttendTraining
import Foundation
import Testing

@Suite struct TensorBoardEventTests {
    private func hexadecimal(_ event: TensorBoardEvent) -> String {
        event.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// As `SerializeToString()` of TensorBoard 2.21's `Event` gives them.
    @Test func bytesAreThoseOfTensorBoard() {
        let scalars = [("loss/step", Float(0.25)), ("b", Float(-1))]
        #expect(
            hexadecimal(.init(wallTime: 1.5, step: 300, content: .scalars(scalars)))
                == "09000000000000f83f10ac022a1c0a100a096c6f73732f73746570150000803e"
                + "0a080a016215000080bf")
        #expect(
            hexadecimal(.init(wallTime: 1.5, step: 0, content: .fileVersion))
                == "09000000000000f83f1a0d627261696e2e4576656e743a32")
        #expect(
            hexadecimal(.init(wallTime: 2, step: 301, content: .restart))
                == "09000000000000004010ad023a020801")
    }

    @Test func stepsAreReadBack() {
        for step in [0, 1, 127, 128, 16_384, 1_000_000_000, Int.max] {
            let event = TensorBoardEvent(wallTime: 3, step: step, content: .scalars([("a", 1)]))
            #expect(TensorBoardEvent.step(in: event.bytes) == UInt64(step))
        }
    }

    @Test func whateverIsNoEventHasNoStep() {
        let event = TensorBoardEvent(wallTime: 3, step: 300, content: .restart).bytes
        for count in 0..<10 { #expect(TensorBoardEvent.step(in: event.prefix(count)) == 0) }
        #expect(TensorBoardEvent.step(in: event.dropFirst()) == 0)
        let endless = event.prefix(10) + [UInt8](repeating: 0xFF, count: 100)
        #expect(TensorBoardEvent.step(in: endless) == .max)
    }

    @Test func partsOfTheModelHaveCurvesOfTheirOwn() throws {
        let folder = NSTemporaryDirectory() + "attend-tensorboard-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try TensorBoardLog(in: folder, afterStep: 0)
        let layers = (1...2).map {
            MetricEvent.Layer(
                name: "block \($0)", gradientNorm: 1, weightNorm: 2, updateRatio: 0.001)
        }
        try log.append(.layers(.init(step: 7, layers: layers)))
        try log.append(
            .evaluation(
                .init(
                    step: 7, trainLoss: 1, validationLoss: 2, accuracy: 0.5, trainAccuracy: 0.75)))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: log.path))
        for tag in ["accuracy/train", "accuracy/validation"] {
            #expect(bytes.range(of: Data(tag.utf8)) != nil, "\(tag)")
        }
        for tag in ["gradientNorm/block 1", "weightNorm/block 2", "updateRatio/block 2"] {
            #expect(bytes.range(of: Data(tag.utf8)) != nil, "\(tag)")
        }
    }
}
