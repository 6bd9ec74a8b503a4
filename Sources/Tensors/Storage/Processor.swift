internal import AttendKernels

/// The table of kernels that this process uses, chosen when it is first needed.
nonisolated(unsafe) let kernels: AttendKernelTable = unsafe attend_kernels().pointee

/// What this process computes with.
public enum Processor {
    /// The name of the instruction set in use: `avx512`, `avx2`, `neon` or `portable`.
    public static var instructionSet: String { unsafe String(cString: kernels.name) }

    /// How many float32 numbers one vector holds.
    public static var vectorWidth: Int { Int(unsafe kernels.vectorWidth) }

    /// Whether bfloat16 products have instructions of their own.
    public static var multipliesBFloat16: Bool { unsafe kernels.hasBFloat16 != 0 }

    /// Whether the environment variable `ATTEND_KERNELS` is unset or names a set that this processor can run.
    public static var environmentIsValid: Bool { attend_kernels_request_is_valid() != 0 }

    /// Whether this processor can run the named set of kernels.
    package static func canRun(_ name: String) -> Bool { unsafe attend_kernels_named(name) != nil }
}
