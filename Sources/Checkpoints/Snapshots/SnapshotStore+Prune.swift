extension SnapshotStore {
    /// Removes old snapshots, but never the latest, the best, or the only one that is intact.
    ///
    /// - Parameter count: how many of the newest to keep beside the latest and the best.
    public func prune(keepingLast count: Int) throws {
        try prune(keepingLast: count, keepingSteps: [], knownIntact: nil)
    }

    /// - Parameters:
    ///   - steps: steps whose snapshots are kept too.
    ///   - intact: a snapshot that was just written, which need not be read again.
    func prune(keepingLast count: Int, keepingSteps steps: Set<Int>, knownIntact intact: Snapshot?)
        throws
    {
        let all = try snapshots()
        var kept = Set(all.suffix(max(count, 0)))
        let named = [step(named: .latest), step(named: .best), intact?.step]
        kept.formUnion(all.filter { named.contains($0.step) || steps.contains($0.step) })
        let surplus = all.filter { !kept.contains($0) }
        guard !surplus.isEmpty else { return }
        var protected: Snapshot?
        if intact == nil, !kept.contains(where: Self.isIntact) {
            protected = surplus.last(where: Self.isIntact)
            // Where none can be read at all, none is worth keeping space free for.
            if protected == nil { return }
        }
        for snapshot in surplus where snapshot != protected {
            // A half-removed directory must not keep the name of a whole one.
            let doomed = snapshot.path + AtomicFile.partialSuffix
            try fileSystem.rename(snapshot.path, to: doomed)
            try fileSystem.removeTree(doomed)
        }
    }

    private static func isIntact(_ snapshot: Snapshot) -> Bool {
        (try? snapshot.verify()) != nil
    }
}
