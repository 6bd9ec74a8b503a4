import AttendKernels
import Testing

/// The end of a range goes through other loads and stores than its body; nothing may come of that.
@Suite struct VectorTests {
    @Test(arguments: Table.all) func anElementDoesNotDependOnItsPlace(table: Table) {
        let kernels = unsafe table.kernels
        let x = numbers(100, range: 5)
        for function in functions {
            let whole = unsafe writing(count: 100) { y in
                unsafe reading(x) { unsafe kernels.apply(function.kernel, 100, $0, y) }
            }
            for (begin, length) in [(0, 1), (1, 3), (5, 7), (2, 9), (13, 15), (33, 31), (17, 83)] {
                let part = unsafe writing(count: length) { y in
                    unsafe reading(Array(x[begin..<begin + length])) {
                        unsafe kernels.apply(function.kernel, Int64(length), $0, y)
                    }
                }
                #expect(
                    areIdentical(part, Array(whole[begin..<begin + length])), "\(function.name)")
            }
        }
    }
}
