import AttendKernels
import Foundation
import Testing

/// What a product is made of: sizes, how its operands are stored, and what happens to its sums.
private struct Product: CustomStringConvertible {
    var rows: Int
    var inner: Int
    var columns: Int
    var transposesA = false
    var transposesB = false
    var elementA = AttendFloat32
    var elementB = AttendFloat32
    var precision = AttendFloat32
    var accumulates = false
    var activation: AttendFunction = AttendIdentity
    var hasBias = false
    var keepsPreactivation = false
    var hasResidual = false
    /// Added to every stride.
    var gap = 0

    var description: String {
        "\(rows)×\(inner)×\(columns) \(transposesA ? "Aᵀ" : "A")\(transposesB ? "Bᵀ" : "B")"
            + " stored \(elementA.rawValue)\(elementB.rawValue) precision \(precision.rawValue)"
            + " accumulates \(accumulates) bias \(hasBias) activation \(activation.rawValue)"
            + " preactivation \(keepsPreactivation) residual \(hasResidual) gap \(gap)"
    }

    var strideA: Int { (transposesA ? rows : inner) + gap }
    var strideB: Int { (transposesB ? inner : columns) + gap }
    var strideC: Int { columns + gap }
    var strideResidual: Int { columns + 2 * gap }

    var a: [Float] {
        operand(rows: transposesA ? inner : rows, width: transposesA ? rows : inner, seed: 1)
    }
    var b: [Float] {
        operand(rows: transposesB ? columns : inner, width: transposesB ? inner : columns, seed: 2)
    }
    var bias: [Float] { numbers(columns, seed: 3) }
    var residual: [Float] { numbers(rows * strideResidual, seed: 4) }
    var before: [Float] { numbers(rows * strideC, seed: 5) }

    /// Rows with NaN between them and behind the last.
    private func operand(rows: Int, width: Int, seed: UInt64) -> [Float] {
        var random = numbers(rows * width, seed: seed, range: 1)[...]
        let between = [Float](repeating: .nan, count: gap)
        return (0..<rows).flatMap { _ in
            defer { random = random.dropFirst(width) }
            return random.prefix(width) + between
        } + beyond
    }

    private static func rounded(_ x: Float) -> Float {
        let bits = x.bitPattern
        if x.isNaN { return x }
        return Float(bitPattern: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) & 0xffff_0000)
    }

    private func seen(_ x: [Float], _ element: AttendElement) -> [Double] {
        let rounds = element == AttendBFloat16 || precision == AttendBFloat16
        return x.map { Double(rounds ? Self.rounded($0) : $0) }
    }

    private func activated(_ x: Double) -> Double {
        switch activation {
        case AttendReLU: max(x, 0)
        case AttendGELUTanh: 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
        case AttendGELU: 0.5 * x * erfc(-x / 2.squareRoot())
        case AttendSiLU: x / (1 + exp(-x))
        default: x
        }
    }

    /// C and the preactivation as they should be, and the sum of the magnitudes behind each element; in the gaps C as it
    /// was.
    func reference() -> (c: [Double], preactivation: [Double], magnitudes: [Double]) {
        let (a, b) = (seen(a, elementA), seen(b, elementB))
        let (bias, residual) = (bias, residual)
        var c = before.map { Double($0) }
        var preactivation = c
        var magnitudes = c.map { abs($0) }
        for row in 0..<rows {
            for column in 0..<columns {
                var (sum, magnitude) = (0.0, 0.0)
                for i in 0..<inner {
                    let product =
                        a[transposesA ? i * strideA + row : row * strideA + i]
                        * b[transposesB ? column * strideB + i : i * strideB + column]
                    sum += product
                    magnitude += abs(product)
                }
                let place = row * strideC + column
                magnitudes[place] += magnitude
                if accumulates {
                    c[place] += sum
                    continue
                }
                preactivation[place] = sum + (hasBias ? Double(bias[column]) : 0)
                c[place] =
                    activated(preactivation[place])
                    + (hasResidual ? Double(residual[row * strideResidual + column]) : 0)
            }
        }
        return (c, preactivation, magnitudes)
    }

    private func stored(_ x: [Float], _ element: AttendElement) -> [UInt8] {
        if element == AttendBFloat16 {
            return x.flatMap { value -> [UInt8] in
                let word = UInt16(Self.rounded(value).bitPattern >> 16)
                return [UInt8(truncatingIfNeeded: word), UInt8(word >> 8)]
            }
        }
        return x.flatMap { value -> [UInt8] in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
    }

    /// Runs the kernel over these blocks of C.
    func run(
        _ kernels: AttendKernelTable, blocks: [(rows: Range<Int>, columns: Range<Int>)]? = nil
    ) -> (c: [Float], preactivation: [Float]) {
        let blocks = blocks ?? [(0..<rows, 0..<columns)]
        let (a, b) = (stored(a, elementA), stored(b, elementB))
        let (bias, residual) = (bias, residual)
        var kept = before
        let c = unsafe writing(before) { c in
            unsafe a.withUnsafeBytes { a in
                unsafe b.withUnsafeBytes { b in
                    unsafe bias.withUnsafeBufferPointer { bias in
                        unsafe residual.withUnsafeBufferPointer { residual in
                            unsafe kept.withUnsafeMutableBufferPointer { kept in
                                var product = unsafe AttendMatrixMultiply(
                                    rows: Int64(rows), inner: Int64(inner), columns: Int64(columns),
                                    a: AttendOperand(
                                        data: a.baseAddress!, stride: Int64(strideA),
                                        isTransposed: transposesA ? 1 : 0, element: elementA),
                                    b: AttendOperand(
                                        data: b.baseAddress!, stride: Int64(strideB),
                                        isTransposed: transposesB ? 1 : 0, element: elementB),
                                    c: c, cStride: Int64(strideC), accumulates: accumulates ? 1 : 0,
                                    precision: precision, bias: hasBias ? bias.baseAddress : nil,
                                    activation: activation,
                                    preactivation: keepsPreactivation ? kept.baseAddress : nil,
                                    residual: hasResidual ? residual.baseAddress : nil,
                                    residualStride: Int64(strideResidual))
                                for block in blocks {
                                    unsafe kernels.matrixMultiply(
                                        &product, Int64(block.rows.lowerBound),
                                        Int64(block.rows.upperBound),
                                        Int64(block.columns.lowerBound),
                                        Int64(block.columns.upperBound))
                                }
                            }
                        }
                    }
                }
            }
        }
        return (c, kept)
    }

    /// Holds a table to the reference.
    func check(_ table: Table, sourceLocation: SourceLocation = #_sourceLocation) {
        let found = unsafe run(table.kernels)
        let wanted = reference()
        func compare(_ found: [Float], _ wanted: [Double], _ magnitudes: [Double], _ what: String) {
            for (place, (x, y)) in zip(found, wanted).enumerated() {
                if abs(Double(x) - y) <= 1e-6 * (magnitudes[place] + 2 * abs(y) + 2) { continue }
                Issue.record(
                    "\(table.name) \(self): \(what)[\(place)] is \(x), wanted \(y)",
                    sourceLocation: sourceLocation)
                return
            }
        }
        compare(found.c, wanted.c, wanted.magnitudes, "c")
        if keepsPreactivation {
            compare(found.preactivation, wanted.preactivation, wanted.magnitudes, "preactivation")
        }
    }
}

@Suite struct MatrixMultiplyTests {
    private static var dividesProducts: Bool {
        #if canImport(Darwin)
            false
        #else
            true
        #endif
    }

    private static let sizes = [1, 2, 3, 5, 6, 7, 12, 13, 16, 17, 31, 33, 64, 65, 127, 257]

    /// Every way to store the operands, plain and accumulating.
    private static let forms: [Product] = [false, true].flatMap { transposesA in
        [false, true].flatMap { transposesB in
            [false, true].map {
                Product(
                    rows: 0, inner: 0, columns: 0, transposesA: transposesA,
                    transposesB: transposesB, accumulates: $0)
            }
        }
    }

    private func check(
        _ table: Table, _ form: Product, _ rows: Int, _ inner: Int, _ columns: Int, gap: Int = 0
    ) {
        var product = form
        (product.rows, product.inner, product.columns, product.gap) = (rows, inner, columns, gap)
        product.check(table)
    }

    @Test(arguments: Table.all) func everySizeOfEachSide(table: Table) {
        for (index, form) in Self.forms.enumerated() {
            for (place, size) in Self.sizes.enumerated() {
                // Each extent takes every size, in company that changes with the form.
                let other = Self.sizes[(place * 5 + index * 3 + 2) % Self.sizes.count]
                let third = Self.sizes[(place * 7 + index + 4) % 12]
                check(table, form, size, third, other, gap: index % 3)
                check(table, form, third, size, other, gap: (index + 1) % 3)
                check(table, form, third, other, size, gap: (index + 2) % 3)
            }
        }
    }

    @Test(arguments: Table.all) func innerInBlocks(table: Table) {
        for form in Self.forms {
            for inner in [0, 255, 256, 257, 300, 513] {
                check(table, form, 13, inner, 35, gap: 1)
                check(table, form, 2, inner, 9)
            }
        }
    }

    @Test(arguments: Table.all) func blocksOfRowsAndColumns(table: Table) {
        for form in Self.forms {
            check(table, form, 245, 9, 31)
            check(table, form, 14, 5, 1601)
        }
    }

    @Test(arguments: Table.all) func emptyResults(table: Table) {
        for form in Self.forms {
            check(table, form, 0, 3, 5)
            check(table, form, 5, 3, 0)
            check(table, form, 0, 0, 0)
        }
    }

    @Test(arguments: Table.all) func epilogues(table: Table) {
        let activations = [
            AttendIdentity, AttendReLU, AttendGELUTanh, AttendGELU, AttendSiLU,
        ]
        // Blocks, few rows, and no products at all.
        for (rows, inner, columns) in [
            (13, 300, 33), (1, 40, 17), (2, 7, 64), (4, 0, 5), (125, 6, 9),
        ] {
            for activation in activations {
                for options in 0..<8 {
                    Product(
                        rows: rows, inner: inner, columns: columns, transposesB: true,
                        activation: activation, hasBias: options & 1 != 0,
                        keepsPreactivation: options & 2 != 0, hasResidual: options & 4 != 0,
                        gap: options % 3
                    ).check(table)
                }
            }
        }
    }

    @Test(arguments: Table.all) func roundedProducts(table: Table) {
        for form in Self.forms {
            for (rows, inner, columns) in [
                (1, 1, 1), (3, 2, 5), (12, 17, 33), (13, 33, 64), (25, 300, 31), (7, 513, 129),
                (2, 64, 9), (5, 0, 3), (130, 3, 40),
            ] {
                var product = form
                (product.rows, product.inner, product.columns) = (rows, inner, columns)
                product.precision = AttendBFloat16
                product.check(table)
            }
        }
        Product(
            rows: 14, inner: 301, columns: 37, transposesB: true, precision: AttendBFloat16,
            activation: AttendGELUTanh, hasBias: true, keepsPreactivation: true, hasResidual: true,
            gap: 3
        ).check(table)
    }

    @Test(arguments: Table.all) func operandsStoredInBFloat16(table: Table) {
        for form in Self.forms {
            for (a, b) in [
                (AttendBFloat16, AttendFloat32), (AttendFloat32, AttendBFloat16),
                (AttendBFloat16, AttendBFloat16),
            ] {
                for precision in [AttendFloat32, AttendBFloat16] {
                    for (rows, inner, columns) in [(1, 5, 7), (2, 64, 33), (13, 301, 35)] {
                        var product = form
                        (product.rows, product.inner, product.columns) = (rows, inner, columns)
                        (product.elementA, product.elementB) = (a, b)
                        product.precision = precision
                        product.gap = 2
                        product.check(table)
                    }
                }
            }
        }
    }

    /// However C is divided, each of its elements has the same bits. (On Apple's systems a product is never divided.)
    @Test(.enabled(if: dividesProducts), arguments: Table.all) func divisionLeavesNoTrace(
        table: Table
    ) {
        let kernels = unsafe table.kernels
        for (index, form) in Self.forms.enumerated() {
            for (rows, inner, columns) in [(29, 300, 71), (2, 65, 33), (1, 17, 70), (6, 3, 6)] {
                for precision in [AttendFloat32, AttendBFloat16] {
                    var product = form
                    (product.rows, product.inner, product.columns) = (rows, inner, columns)
                    product.precision = precision
                    product.gap = index % 2
                    if !form.accumulates {
                        product.activation = AttendGELUTanh
                        product.hasBias = true
                        product.hasResidual = true
                        product.keepsPreactivation = true
                    }
                    let whole = unsafe product.run(kernels)
                    let rowCuts = [0, 1, 5, 12, 13, 24, 29].filter { $0 < rows } + [rows]
                    let columnCuts = [0, 3, 16, 32, 33, 64, 70].filter { $0 < columns } + [columns]
                    let blocks = zip(rowCuts, rowCuts.dropFirst()).flatMap { top, bottom in
                        zip(columnCuts, columnCuts.dropFirst()).map { left, right in
                            (rows: top..<bottom, columns: left..<right)
                        }
                    }
                    let parts = unsafe product.run(kernels, blocks: blocks.reversed())
                    #expect(areIdentical(whole.c, parts.c), "\(product)")
                    #expect(areIdentical(whole.preactivation, parts.preactivation), "\(product)")
                }
            }
        }
    }
}
