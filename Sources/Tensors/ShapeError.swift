/// Stops the program with a sentence about a mistake in how tensors were combined.
///
/// For mistakes of a programmer, not for input: whatever comes from a file, a flag or a request is checked, and refused
/// with a thrown error, before it can reach an operation. (`precondition` prints nothing in release builds; `fatalError`
/// prints its message in all.)
public func shapeError(
    _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    fatalError(message(), file: file, line: line)
}
