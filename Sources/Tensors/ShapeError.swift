#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stops the program with a sentence about a mistake in how tensors were combined.
///
/// For mistakes of a programmer, not for input: whatever comes from a file, a flag or a request is checked, and refused
/// with a thrown error, before it can reach an operation. (`precondition` prints nothing in release builds.)
public func shapeError(
    _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    let text = "attend: \(message()) (\(file):\(line))\n"
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    fatalError(text)
}
