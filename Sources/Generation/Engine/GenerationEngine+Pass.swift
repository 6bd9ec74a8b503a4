internal import AttendLayers
internal import AttendModels
internal import AttendTensors

extension GenerationEngine {
    /// Makes one pass, where there is anything to do: what became of the requests in it.
    public mutating func step() -> [GenerationEvent] {
        admit()
        let counts = plan()
        if !counts.isEmpty { pass(counts) }
        defer { events = [] }
        return events
    }

    /// Takes those who wait, as long as there is room for what they bring.
    private mutating func admit() {
        while running.count < limits.concurrentCount, !waiting.isEmpty {
            // What others are about to read has room before.
            let promised = running.reduce(0) { $0 + $1.missingPages(in: pool) }
            if isAboutToBeRead(waiting[0]) { return }
            guard waiting[0].begin(in: &pool, promised: promised) else { return }
            running.append(waiting.removeFirst())
        }
    }

    /// Whether a running sequence is reading pages that a waiting one can share afterwards, instead of reading the same.
    private func isAboutToBeRead(_ sequence: EngineSequence) -> Bool {
        let most = pool.shareableCount(sequence.tokens.count)
        if most == 0 { return false }
        let found = pool.sharedCount(sequence.tokens)
        return running.contains { other in
            let same = zip(other.tokens, sequence.tokens).prefix { $0 == $1 }.count
            return min(same / pool.pageTokens, most) > max(found, other.held / pool.pageTokens)
        }
    }

    /// How many tokens each running sequence brings into the next pass, all with pages to put them.
    private mutating func plan() -> [Int] {
        var (counts, room) = ([Int](), limits.promptTokensPerPass)
        while counts.count < running.count {
            let index = counts.count
            makeSight(index)
            let unread = running[index].unreadCount
            let count = unread == 1 ? 1 : min(unread, room)
            guard reserve(count, for: index) else { break }
            if unread > 1 { room -= count }
            counts.append(count)
        }
        return counts
    }

    /// Forgets tokens of a sequence where the model could not read the next one.
    private mutating func makeSight(_ index: Int) {
        let context = model.configuration.contextLength
        if running[index].tokens.count <= context { return }
        running[index].leave(&pool)
        running[index].tokens = running[index].overflow.remainder(
            of: running[index].tokens, in: context)
        // Where there is no room for all of it, it is sought as it is read.
        _ = running[index].begin(in: &pool)
    }

    /// Gets pages for a running sequence, where it must be by sending the youngest ones back to wait; false where it was
    /// itself the youngest.
    private mutating func reserve(_ count: Int, for index: Int) -> Bool {
        while !running[index].reserve(count, in: &pool) {
            var youngest = running.removeLast()
            youngest.leave(&pool)
            waiting.insert(youngest, at: 0)
            if running.count == index { return false }
        }
        return true
    }

    private mutating func pass(_ counts: [Int]) {
        var (ids, runs, chosen) = ([Int32](), [SequenceRun](), [Int]())
        for (index, count) in counts.enumerated() where count > 0 {
            let sequence = running[index]
            ids += sequence.tokens[sequence.held..<sequence.held + count]
            if count == sequence.unreadCount { chosen.append(runs.count) }
            runs.append(sequence.run(of: count))
        }
        let logits = model.nextLogits(ids, runs: runs, chosen: chosen, caches: &caches)
        var row = 0
        for (index, count) in counts.enumerated() where count > 0 {
            running[index].noteRead(count, in: &pool)
            if running[index].unreadCount > 0 { continue }
            choose(index, logits.elements(ofRow: row))
            row += 1
        }
        for index in running.indices.reversed() where running[index].text.finishReason != nil {
            running.remove(at: index)
        }
    }

    /// Chooses the next token of a running sequence, and tells what became of it.
    private mutating func choose(_ index: Int, _ logits: [Float]) {
        let id = running[index].id
        do throws(GenerationError) {
            let token = try running[index].chooser.choose(from: logits)
            if let sum = running[index].logProbability {
                running[index].logProbability =
                    sum + TokenChooser.logProbability(of: token, in: logits)
            }
            running[index].tokens.append(token)
            var text = running[index].text.append(token)
            if running[index].text.finishReason == nil {
                let isFull =
                    running[index].overflow == .refuse
                    && running[index].tokens.count > model.configuration.contextLength
                let isComplete = try running[index].chooser.isComplete()
                text += running[index].text.conclude(isComplete: isComplete, isFull: isFull)
            }
            events.append(GenerationEvent(request: id, kind: .token(token, text: text)))
        } catch {
            _ = running[index].text.end(.stop)
            running[index].leave(&pool)
            events.append(GenerationEvent(request: id, kind: .failed(error)))
            return
        }
        if running[index].text.finishReason != nil {
            running[index].leave(&pool)
            events.append(finished(running[index]))
        }
    }
}
