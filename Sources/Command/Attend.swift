import ArgumentParser
import Attend
import Foundation

@main
struct AttendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "attend")
    @Argument var workload = "W1"
    @Option var seconds = 5.0
    @Option var threads = 2
    func run() throws {
        threadCount = threads
        for w in TrainingWorkload.all where w.name == workload {
            print(w.run(seconds: seconds, seed: 1, precision: .float32))
        }
        print(TensorMemory.peakBytes >> 20, TensorMemory.freeBytes >> 20)
    }
}
