/// Where long work learns that nobody waits for it any more.
enum Cancellation {
    /// Whether the task that runs this was cancelled; false outside of tasks.
    ///
    /// The module has a type of its own called `Task`, hence the full name.
    static var isRequested: Bool { _Concurrency.Task.isCancelled }
}
