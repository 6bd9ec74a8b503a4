import AttendKernels
import Testing

@Suite struct ReductionsTests {
    @Test(arguments: Table.all, counts + [5000]) func sums(table: Table, count: Int) {
        let kernels = unsafe table.kernels
        let x = numbers(count, seed: 1)
        let y = numbers(count, seed: 2)
        let magnitude = x.doubles.reduce(0) { $0 + abs($1) } + 1
        let sum = unsafe reading(x) { unsafe kernels.sum(Int64(count), $0) }
        #expect(abs(sum - x.doubles.reduce(0, +)) <= 2e-7 * magnitude)
        let squares = unsafe reading(x) { unsafe kernels.sumOfSquares(Int64(count), $0) }
        let wantedSquares = x.doubles.reduce(0) { $0 + $1 * $1 }
        #expect(abs(squares - wantedSquares) <= 2e-7 * wantedSquares)
        let dot = unsafe reading(x) { x in
            unsafe reading(y) { unsafe kernels.dot(Int64(count), x, $0) }
        }
        let wantedDot = zip(x.doubles, y.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(dot - wantedDot) <= 6e-7 * magnitude)
    }

    @Test(arguments: Table.all) func longSumsStayAccurate(table: Table) {
        let count = 3_000_001
        let x = [Float](repeating: 0.1, count: count)
        let sum = unsafe x.withUnsafeBufferPointer {
            unsafe table.kernels.sum(Int64(count), $0.baseAddress!)
        }
        let wanted = Double(Float(0.1)) * Double(count)
        #expect(abs(sum - wanted) <= 1e-6 * wanted)
    }

    @Test(arguments: Table.all, counts) func sumsOfColumnsAndRows(table: Table, width: Int) {
        let kernels = unsafe table.kernels
        for rows in [0, 1, 2, 7, 8, 9, 19] {
            let stride = width + 5
            let x = numbers(rows * stride, seed: 3)
            let columns = unsafe writing(count: width) { y in
                unsafe reading(x) {
                    unsafe kernels.columnSums(Int64(rows), Int64(width), $0, Int64(stride), y)
                }
            }
            let wantedColumns = (0..<width).map { column in
                (0..<rows).reduce(0.0) { $0 + Double(x[$1 * stride + column]) }
            }
            expectClose(columns, wantedColumns, absolute: 1e-5)
            let dense = numbers(rows * width, seed: 4)
            let sums = unsafe writing(count: rows) { y in
                unsafe reading(dense) { unsafe kernels.rowSums(Int64(rows), Int64(width), $0, y) }
            }
            let wantedRows = (0..<rows).map { row in
                dense[row * width..<(row + 1) * width].reduce(0.0) { $0 + Double($1) }
            }
            expectClose(sums, wantedRows, absolute: 2e-7 * Double(3 * width + 1))
        }
    }

    @Test(arguments: Table.all, counts.filter { $0 > 0 }) func rowMaxima(table: Table, width: Int) {
        let rows = 6
        var x = numbers(rows * width, seed: UInt64(width)).map { ($0 * 4).rounded() }
        for column in 0..<width {
            x[width + column] = -.infinity
            x[2 * width + column] = -3
            x[3 * width + column] = .nan
        }
        x[4 * width + width - 1] = .infinity
        x[5 * width] = .nan
        var indices = [Int32](repeating: -1, count: rows)
        let maxima = unsafe writing(count: rows) { maxima in
            unsafe reading(x) { x in
                unsafe indices.withUnsafeMutableBufferPointer {
                    unsafe table.kernels.rowMaxima(
                        Int64(rows), Int64(width), x, maxima, $0.baseAddress!)
                }
            }
        }
        for row in 0..<rows {
            let elements = x[row * width..<(row + 1) * width]
            guard let largest = elements.filter({ !$0.isNaN }).max() else {
                #expect(maxima[row].isNaN && indices[row] == 0)
                continue
            }
            #expect(maxima[row] == largest)
            #expect(Int(indices[row]) == elements.firstIndex(of: largest)! - row * width)
        }
    }

    @Test(arguments: Table.all, counts) func finiteness(table: Table, count: Int) {
        let kernels = unsafe table.kernels
        let x = numbers(count, range: 3e38)
        let whole = unsafe reading(x) { unsafe kernels.isFinite(Int64(count), $0) }
        #expect(whole == 1)
        for index in Set([0, count / 2, count - 1]) where count > 0 {
            for bad in [Float.infinity, -.infinity, .nan] {
                var spoilt = x
                spoilt[index] = bad
                let result = unsafe reading(spoilt) { unsafe kernels.isFinite(Int64(count), $0) }
                #expect(result == 0)
            }
        }
    }

    @Test(arguments: Table.all) func transpose(table: Table) {
        for (rows, columns) in [
            (0, 3), (3, 0), (1, 1), (1, 40), (40, 1), (8, 8), (16, 16), (17, 33), (31, 64),
            (70, 37),
        ] {
            let stride = columns + 3
            let into = rows + 2
            let x = numbers(rows * stride)
            let y = unsafe writing([Float](repeating: 0.5, count: columns * into)) { y in
                unsafe reading(x) {
                    unsafe table.kernels.transpose(
                        Int64(rows), Int64(columns), $0, Int64(stride), y, Int64(into))
                }
            }
            let wanted = (0..<columns).flatMap { column in
                (0..<into).map { $0 < rows ? x[$0 * stride + column] : 0.5 }
            }
            #expect(y == wanted, "\(rows) × \(columns)")
        }
    }

    @Test(arguments: Table.all, counts) func copyRows(table: Table, width: Int) {
        for (extra, into) in [(0, 0), (2, 0), (0, 3), (1, 4)] {
            let rows = 3
            let stride = width + extra
            let outStride = width + into
            let x = numbers(rows * stride)
            let y = unsafe writing([Float](repeating: 0.5, count: rows * outStride)) { y in
                unsafe reading(x) {
                    unsafe table.kernels.copyRows(
                        Int64(rows), Int64(width), $0, Int64(stride), y, Int64(outStride))
                }
            }
            let wanted = (0..<rows).flatMap { row in
                (0..<outStride).map { $0 < width ? x[row * stride + $0] : 0.5 }
            }
            #expect(y == wanted)
        }
    }
}
