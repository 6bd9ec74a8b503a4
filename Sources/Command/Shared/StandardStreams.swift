import Foundation

/// Standard input, output and error of the process.
enum StandardStreams {
    /// Gives those that were closed when the process began to a place that takes and yields nothing.
    ///
    /// Else the next file to be opened would get the number of one of them, and what is printed would be written into it: a
    /// checkpoint, say. Each is opened the wrong way round, so that its use is an error rather than silence.
    static func open() {
        for (number, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ] where fcntl(number, F_GETFD) == -1 {
            // The lowest number that is free is given, and those below are open by now.
            _ = unsafe Foundation.open("/dev/null", mode)
        }
    }
}
