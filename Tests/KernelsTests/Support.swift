import AttendKernels
import Testing

/// A table of kernels that this processor can run.
@safe struct Table: CustomTestStringConvertible, @unchecked Sendable {
    let name: String
    let kernels: AttendKernelTable

    var testDescription: String { name }

    /// The two last ones exist only where the kernels were compiled with ATTEND_TEST_TABLES.
    static let all: [Table] = [
        "portable", "avx2", "avx512", "neon", "wide", "avx512 without bfloat16",
    ]
    .compactMap { name in
        guard let table = unsafe attend_kernels_named(name) else { return nil }
        return unsafe Table(name: name, kernels: table.pointee)
    }
}

/// Lengths below, at and past the vector widths, and one past a block of the long sums.
let counts = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 1000, 1025]

/// Numbers that look random, the same in every run, between −range and range.
func numbers(_ count: Int, seed: UInt64 = 1, range: Float = 3) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) / 8_388_608 - 1) * range
    }
}

/// What lies behind a range: it spoils every result that it gets into.
let beyond = [Float](repeating: .nan, count: 32)

/// The range as a kernel sees it, with `beyond` behind it and an address of no particular alignment.
func reading<Result>(_ x: [Float], _ body: (UnsafePointer<Float>) -> Result) -> Result {
    let padded = [0] + x + beyond
    return unsafe padded.withUnsafeBufferPointer { unsafe body($0.baseAddress! + 1) }
}

/// What a kernel makes of a range that holds `initial`; nothing around the range may change.
func writing(_ initial: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    let border: Float = -12345.5
    let margin = [Float](repeating: border, count: 33)
    var padded = margin + initial + margin
    unsafe padded.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress! + 33) }
    let isIntact =
        padded.prefix(33).allSatisfy { $0 == border }
        && padded.suffix(33).allSatisfy { $0 == border }
    #expect(isIntact, "wrote outside its range of \(initial.count)")
    return Array(padded.dropFirst(33).dropLast(33))
}

/// As above for a range whose contents do not matter; they begin as NaN, so that an element left out is noticed.
func writing(count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    unsafe writing([Float](repeating: .nan, count: count), body)
}

/// The same for several ranges at once.
func reading<Result>(_ ranges: [[Float]], _ body: ([UnsafePointer<Float>]) -> Result) -> Result {
    func next(_ pointers: [UnsafePointer<Float>]) -> Result {
        if unsafe pointers.count == ranges.count { return unsafe body(pointers) }
        return unsafe reading(ranges[pointers.count]) { unsafe next(pointers + [$0]) }
    }
    return unsafe next([])
}

/// The same for several ranges at once.
func writing(_ initial: [[Float]], _ body: ([UnsafeMutablePointer<Float>]) -> Void) -> [[Float]] {
    var results: [[Float]] = []
    func next(_ pointers: [UnsafeMutablePointer<Float>]) {
        if unsafe pointers.count == initial.count { return unsafe body(pointers) }
        let result = unsafe writing(initial[pointers.count]) { unsafe next(pointers + [$0]) }
        results.append(result)
    }
    unsafe next([])
    return results.reversed()
}

/// Fails at the first element further from what is wanted than `absolute + relative · |wanted|`.
func expectClose(
    _ found: [Float], _ wanted: [Double], absolute: Double = 1e-6, relative: Double = 1e-6,
    _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == wanted.count, sourceLocation: sourceLocation)
    for (index, (a, b)) in zip(found, wanted).enumerated() {
        let isEqual = Double(a) == b || (a.isNaN && b.isNaN) || Float(b) == a
        if isEqual || abs(Double(a) - b) <= absolute + relative * abs(b) { continue }
        Issue.record(
            "\(what) element \(index) of \(found.count): found \(a), wanted \(b)",
            sourceLocation: sourceLocation)
        return
    }
}

/// Whether two results are the same bits, where NaN equals itself.
func areIdentical(_ a: [Float], _ b: [Float]) -> Bool {
    a.map(\.bitPattern) == b.map(\.bitPattern)
}

/// Central differences of Σ weights ∘ f(x), in double precision.
func centralDifferences(
    of x: [Double], weights: [Double], step: Double = 1e-4, _ f: ([Double]) -> [Double]
)
    -> [Double]
{
    x.indices.map { index in
        var above = x
        var below = x
        above[index] += step
        below[index] -= step
        let difference = zip(f(above), f(below)).map { $0 - $1 }
        return zip(weights, difference).reduce(0) { $0 + $1.0 * $1.1 } / (2 * step)
    }
}

extension Array where Element == Float {
    var doubles: [Double] { map(Double.init) }
}
