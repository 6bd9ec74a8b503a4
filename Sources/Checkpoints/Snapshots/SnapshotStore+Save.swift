extension SnapshotStore {
    /// Saves a snapshot; when this returns, it survives a crash of the process or the machine.
    ///
    /// - Parameters:
    ///   - step: the number of training steps done. A snapshot of the same step is replaced.
    ///   - model: the parameters.
    ///   - optimizer: the optimizer's tensors.
    ///   - state: whatever else the run needs to continue.
    ///   - isBest: whether it is the best so far, which `best` then names.
    ///   - keepingLast: how many of the newest to keep beside the best and this one, nil for all.
    ///   - keepingSteps: steps whose snapshots are kept too.
    /// - Returns: the snapshot, and what could not be tidied up.
    /// - Throws: ``CheckpointError`` where it could not be saved; those saved before are then still
    ///   there.
    @discardableResult
    public func save(
        step: Int, model: [SafetensorsWriter.Item], optimizer: [SafetensorsWriter.Item],
        state: some Encodable, isBest: Bool, keepingLast: Int? = nil,
        keepingSteps: Set<Int> = []
    ) throws -> Found {
        guard step >= 0 else {
            throw CheckpointError(
                .refused, path: path, "the step \(step) is negative; give one from 0 on")
        }
        if try !exists() { try fileSystem.createDirectories(path) }
        var notices = removeLeftovers()
        let name = Snapshot.name(ofStep: step)
        let snapshot = Snapshot(step: step, path: path.appending(component: name))
        let partial = Snapshot(step: step, path: snapshot.path + AtomicFile.partialSuffix)
        do {
            try write(partial, model: model, optimizer: optimizer, state: state)
            try publish(partial, as: snapshot)
        } catch {
            // Best effort: on a full disk this gives the room back; what stays is removed at the
            // next save.
            if FileKind.of(partial.path) != nil { try? fileSystem.removeTree(partial.path) }
            throw error
        }
        // The pointer to the best comes first, so that a best once named is protected from the
        // pruning.
        for pointer in isBest ? ["best", "latest"] : ["latest"] {
            try AtomicFile.write(
                Array("\(name)\n".utf8), to: path.appending(component: pointer), in: fileSystem)
        }
        notices += removeLeftovers()
        if let keepingLast {
            do {
                try prune(
                    keepingLast: keepingLast, keepingSteps: keepingSteps, knownIntact: snapshot)
            } catch {
                notices.append("\(error)")
            }
        }
        return Found(snapshot: snapshot, notices: notices)
    }

    private func write(
        _ partial: Snapshot, model: [SafetensorsWriter.Item],
        optimizer: [SafetensorsWriter.Item], state: some Encodable
    ) throws {
        let stateText = try StrictJSON.encode(state, file: partial.statePath)
        try fileSystem.createDirectory(partial.path)
        var files: [String: FileFingerprint] = [:]
        files[Snapshot.modelName] = try write(partial.modelPath) {
            try SafetensorsWriter.write(model, metadata: ["format": "pt"], to: $0)
        }
        files[Snapshot.optimizerName] = try write(partial.optimizerPath) {
            try SafetensorsWriter.write(optimizer, metadata: [:], to: $0)
        }
        files[Snapshot.stateName] = try write(partial.statePath) { try $0.append(stateText) }
        let manifest = SnapshotManifest(step: partial.step, files: files)
        let manifestText = try StrictJSON.encode(manifest, file: partial.manifestPath)
        _ = try write(partial.manifestPath) { try $0.append(manifestText) }
        try fileSystem.synchronizeDirectory(partial.path)
    }

    private func write(
        _ path: String, _ body: (OutputFile) throws -> Void
    ) throws -> FileFingerprint {
        let file = try OutputFile(creating: path, in: fileSystem)
        try body(file)
        return try file.finish()
    }

    /// Gives a finished snapshot its name, setting one of the same step aside for the moment
    /// between.
    private func publish(_ partial: Snapshot, as snapshot: Snapshot) throws {
        if FileKind.of(snapshot.path) != nil {
            try fileSystem.rename(snapshot.path, to: snapshot.path + Self.previousSuffix)
        }
        try fileSystem.rename(partial.path, to: snapshot.path)
        try fileSystem.synchronizeDirectory(path)
    }

    /// Removes what processes that died left behind, and puts back what they had set aside.
    ///
    /// - Returns: what could not be removed, which is no reason not to save.
    private func removeLeftovers() -> [String] {
        var notices: [String] = []
        do {
            for name in try DirectoryListing.names(in: path) where isOwn(name) {
                let leftover = path.appending(component: name)
                if name.hasSuffix(AtomicFile.partialSuffix) {
                    try fileSystem.removeTree(leftover)
                } else if name.hasSuffix(Self.previousSuffix) {
                    let original = String(leftover.dropLast(Self.previousSuffix.count))
                    if FileKind.of(original) == nil {
                        try fileSystem.rename(leftover, to: original)
                    } else {
                        try fileSystem.rename(leftover, to: leftover + AtomicFile.partialSuffix)
                        try fileSystem.removeTree(leftover + AtomicFile.partialSuffix)
                    }
                }
            }
        } catch {
            notices.append("\(error)")
        }
        return notices
    }

    /// Whether a name may be one that this module gave.
    private func isOwn(_ name: String) -> Bool {
        ["step-", "latest.", "best."].contains { name.hasPrefix($0) }
    }
}
