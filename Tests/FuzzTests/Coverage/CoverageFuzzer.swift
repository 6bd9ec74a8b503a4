import Foundation

/// The same parsers under libFuzzer, which keeps the inputs that reach new code and goes on from them.
///
/// Scripts/fuzz.sh --coverage builds it, where the toolchain has libFuzzer; it is no part of the package otherwise.
/// The environment variable `ATTEND_FUZZ_PARSER` names the parser, and all else are libFuzzer's own arguments.
@main
struct CoverageFuzzer {
    static func main() throws {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = Fuzzed.shared
        // Returns by exit.
        _ = unsafe runDriver(&count, &arguments) { data, size in
            unsafe Fuzzed.shared.give(
                Array(UnsafeBufferPointer(start: data, count: size)))
            return 0
        }
    }
}

/// The parser that the environment names, with what is measured of it.
private struct Fuzzed: @unchecked Sendable {
    /// One for the process: libFuzzer has no place for a value of its user.
    static let shared = Fuzzed()

    private let run: FuzzRun

    private init() {
        let name = ProcessInfo.processInfo.environment["ATTEND_FUZZ_PARSER"] ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            fatalError("ATTEND_FUZZ_PARSER names no parser: “\(name)”")
        }
        var limits = FuzzLimits()
        // With counters at every edge everything takes longer.
        limits.seconds = 5
        // libFuzzer has a watch of its own, which writes the input down.
        limits.hangSeconds = 0
        // What libFuzzer keeps grows with what it finds.
        limits.addressSpace = 4 << 30
        do {
            run = try FuzzRun(target, limits: limits)
        } catch {
            fatalError("\(error)")
        }
    }

    /// Gives the parser an input, and ends the process where it is at fault, which makes libFuzzer keep the input.
    func give(_ input: [UInt8]) {
        if let fault = run.fault(with: input) { fatalError(fault) }
    }

    /// An input made of another by the mutation runner's own ways.
    func changed(_ input: [UInt8], seed: UInt64) -> [UInt8] {
        var mutator = InputMutator(run.target, corpus: [input], seed: seed)
        return mutator.changed(input)
    }
}

/// What libFuzzer asks for its next input: half are changed in its own ways, and half in those that know the format.
@_cdecl("LLVMFuzzerCustomMutator")
func changeInput(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
    if seed & 1 == 0 { return unsafe changeBytes(data, size, capacity) }
    let input = unsafe Fuzzed.shared.changed(
        Array(UnsafeBufferPointer(start: data, count: size)), seed: UInt64(seed))
    let kept = min(input.count, capacity)
    _ = unsafe UnsafeMutableBufferPointer(start: data, count: kept).update(
        fromContentsOf: input.prefix(kept))
    return kept
}

@_silgen_name("LLVMFuzzerMutate")
private func changeBytes(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int
) -> Int

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ parse: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
