import AttendKernels
import Foundation
import Testing

private func exists(_ name: String) -> Bool {
    unsafe attend_kernels_named(name) != nil
}

private func chosenName() -> String {
    unsafe String(cString: attend_kernels().pointee.name)
}

@Suite struct TableTests {
    @Test func portableAlwaysExists() {
        #expect(exists("portable"))
        #expect(!exists("no such table"))
        #expect(!exists(""))
    }

    @Test(arguments: Table.all) func describesItself(table: Table) {
        let name = unsafe String(cString: table.kernels.name)
        #expect(name == table.name || table.name == "avx512 without bfloat16")
        let width = unsafe table.kernels.vectorWidth
        #expect([4, 8, 16].contains(width))
        let panel = unsafe (table.kernels.panelRows, table.kernels.panelColumns)
        #expect(panel.0 > 0 && panel.1 > 0)
    }

    @Test func theBestTableIsOneOfThem() {
        let name = chosenName()
        #expect(Table.all.contains { $0.name == name })
    }

    @Test func theEnvironmentChoosesATableOnce() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("ATTEND_KERNELS", "portable", 1)
            #expect(attend_kernels_request_is_valid() == 1)
            #expect(chosenName() == "portable")
            unsafe unsetenv("ATTEND_KERNELS")
            #expect(chosenName() == "portable")
        }
    }

    @Test func anUnknownRequestIsReportedAndTheBestTaken() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("ATTEND_KERNELS", "quantum", 1)
            #expect(attend_kernels_request_is_valid() == 0)
            let best = ["avx512", "avx2", "neon", "portable"].first(where: exists)
            #expect(chosenName() == best)
        }
    }

    @Test(arguments: [0, 1, 63, 64, 4096, 5 << 20])
    func memoryIsAlignedAndUsable(bytes: Int) {
        guard let block = unsafe attend_allocate(bytes), let copy = unsafe attend_allocate(bytes)
        else {
            Issue.record("no memory for \(bytes) bytes")
            return
        }
        let address = UInt(bitPattern: block)
        #expect(address % 64 == 0)
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0x5a, count: bytes)
        unsafe attend_copy(copy, block, bytes)
        let bytesOfCopy = unsafe UnsafeRawBufferPointer(start: copy, count: bytes)
        let isCopied = unsafe bytesOfCopy.allSatisfy { $0 == 0x5a }
        #expect(isCopied)
        unsafe attend_free(copy, bytes)
        unsafe attend_free(block, bytes)
    }

    @Test func memoryThatCannotBeHadIsNull() {
        let isNull = unsafe attend_allocate(Int.max) == nil
        #expect(isNull)
        attend_free(nil, 0)
        attend_pause()
    }
}
