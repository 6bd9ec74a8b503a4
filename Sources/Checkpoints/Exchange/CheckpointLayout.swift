internal import AttendLayers
internal import AttendText

/// All tensors of a model in a file of another program.
package struct CheckpointLayout: Sendable {
    /// The parameters, in the model's order.
    package var maps: [TensorMap]
    /// Tensors of the file that the model has no parameter for, and what they hold: written, and expected of no file.
    package var constants: [ConstantTensor] = []
    /// What the names of most tensors begin with, and what files of a model without its head leave out.
    package var prefix: String?
    /// Tensors that repeat another one, and that files may have or leave out; never written.
    package var copies: [SharedTensor] = []
    /// Names that are passed over, where `*` stands for a number: buffers, and what no model here has a use for.
    package var ignoredNames: [String] = []

    /// A layout of these parameters.
    package init(_ maps: [TensorMap]) {
        self.maps = maps
    }

    /// The layout by the names that a file has: without the prefix where none of its names has it.
    func fitting(_ source: any TensorSource) -> CheckpointLayout {
        guard let prefix, !source.tensorNames.contains(where: { $0.hasPrefix(prefix) }) else {
            return self
        }
        return withoutPrefix
    }

    /// The same by names that do not begin with the prefix.
    var withoutPrefix: CheckpointLayout {
        guard let prefix else { return self }
        func short(_ name: String) -> String {
            name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        }
        var result = self
        result.prefix = nil
        result.maps = maps.map { map in
            TensorMap(
                map.name, map.shape,
                parts: map.parts.map {
                    $0.renamed(short($0.name))
                })
        }
        result.constants = constants.map { $0.renamed(short($0.name)) }
        result.copies = copies.map { $0.renamed(short) }
        result.ignoredNames = ignoredNames.map(short)
        return result
    }

    /// Checks that a file has exactly these tensors in these shapes.
    ///
    /// - Throws: ``LoadingError``, which lists every tensor that is missing, left over or of another shape.
    func check(_ source: any TensorSource) throws {
        var problems: [String] = []
        var leftOver = Set(source.tensorNames)
        let present = leftOver
        var expected: Set<String> = []
        for part in maps.flatMap(\.parts) where expected.insert(part.name).inserted {
            leftOver.remove(part.name)
            guard present.contains(part.name) else {
                problems.append("\(part.name.legible) \(part.shape) is missing")
                continue
            }
            let shape = try source.shape(of: part.name)
            if shape != part.shape {
                problems.append(
                    "\(part.name.legible) has the shape \(shape) where the configuration makes it \(part.shape)"
                )
            }
        }
        for constant in constants where leftOver.contains(constant.name) {
            guard let isThis = try constant.isWhatFileHolds(source) else { continue }
            leftOver.remove(constant.name)
            if !isThis {
                problems.append(
                    "\(constant.name.legible) does not hold the sines of places that such models have"
                )
            }
        }
        for copy in copies where present.contains(copy.original) {
            guard leftOver.remove(copy.name) != nil else { continue }
            if let problem = try copy.problem(in: source) { problems.append(problem) }
        }
        problems += leftOver.filter { !isIgnored($0) }.sorted()
            .map { "\($0.legible) is not part of the model" }
        if !problems.isEmpty { throw LoadingError(problems: problems) }
    }

    private func isIgnored(_ name: String) -> Bool {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        return ignoredNames.contains { pattern in
            let pattern = pattern.split(separator: ".", omittingEmptySubsequences: false)
            return pattern.count == words.count
                && zip(pattern, words).allSatisfy { part, word in
                    part == "*" ? word.utf8.allSatisfy { (48...57).contains($0) } : part == word
                }
        }
    }

    /// Checks that the parts fill each parameter of a model, and take each tensor of a file, exactly once.
    ///
    /// A layout is made from a configuration alone, so it fails this only by a mistake of this program; reading on would
    /// leave parameters without contents.
    ///
    /// - Throws: ``LoadingError``, which lists what is left out.
    func check(_ parameters: [(name: String, shape: [Int])]) throws {
        var problems: [String] = []
        if parameters.map(\.name) != maps.map(\.name)
            || parameters.map(\.shape) != maps.map(\.shape)
        {
            let names = Set(maps.map(\.name))
            let unmapped = parameters.map(\.name).filter { !names.contains($0) }
            problems.append(
                "the layout is for other parameters than the model's \(unmapped.joined(separator: ", "))"
            )
        }
        var taken: [String: (count: Int, shape: [Int])] = [:]
        for map in maps {
            var next = 0
            for part in map.parts {
                if part.rows.lowerBound != next
                    || part.rows.count * map.rowWidth != part.elementCount
                    || part.rows.count % part.arrangement.group != 0
                {
                    problems.append("\(part.name) does not fill its rows of \(map.name)")
                }
                next = part.rows.upperBound
                taken[part.name, default: (0, part.shape)].count +=
                    part.elementCount + part.unusedElementCount
            }
            if next != map.rowCount { problems.append("\(map.name) is not filled") }
        }
        for (name, tensor) in taken where tensor.count != tensor.shape.reduce(1, *) {
            problems.append("\(name) is not taken once")
        }
        if !problems.isEmpty { throw LoadingError(problems: problems) }
    }
}
