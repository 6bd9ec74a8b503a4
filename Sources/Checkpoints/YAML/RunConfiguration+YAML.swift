internal import AttendText

extension RunConfiguration {
    /// Reads a YAML file that says what is to differ from a preset, by the fields of `config.json`.
    ///
    /// The field `preset` names it; `default` where there is none.
    ///
    /// - Parameter preset: the configuration of a preset; nil where there is none of this name.
    /// - Throws: ``CheckpointError`` that names the file, the line and the field, and the nearest for one that is
    ///   unknown.
    public static func read(
        fromYAML path: String, presetNames: [String],
        preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        let bytes = try InputFile(path: path).bytes(atMost: YAMLText.largestYAML)
        return try read(yaml: bytes, file: path, presetNames: presetNames, preset: preset)
    }

    /// Reads the text of such a file.
    package static func read(
        yaml bytes: [UInt8], file: String, presetNames: [String],
        preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        let yaml = try YAMLText(bytes, file: file)
        return try changed(
            by: yaml.value, lines: yaml.lines, file: file, presetNames: presetNames, preset: preset)
    }

    /// Reads a JSON file: a whole configuration, or, where it has no format version, what is to differ from a preset.
    ///
    /// - Throws: as for YAML.
    public static func read(
        fromJSON path: String, presetNames: [String], preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        let bytes = try InputFile(path: path).bytes(atMost: StrictJSON.largestSize)
        guard let tree = try? JSONValue(bytes), case .object(let fields) = tree,
            fields.members["formatVersion"] == nil
        else { return try read(fromFile: path) }
        return try changed(
            by: tree, lines: [:], file: path, presetNames: presetNames, preset: preset)
    }

    /// A preset, of which some fields are others.
    private static func changed(
        by tree: JSONValue, lines: [[String]: Int], file: String, presetNames: [String],
        preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        guard case .object(let fields) = tree else {
            throw CheckpointError(
                .malformed, path: file,
                "holds \(tree.summary) where fields are needed, such as preset: default")
        }
        let place = lines[["preset"]].map { "line \($0) " } ?? ""
        var name = "default"
        if let given = fields.members["preset"] {
            guard case .string(let text) = given else {
                throw CheckpointError(
                    .malformed, path: file,
                    "\(place)has no text in the field preset")
            }
            name = text
        }
        guard let start = preset(name) else {
            let nearest = nearestName(to: name, in: presetNames)
            throw CheckpointError(
                .refused, path: file,
                "\(place)names the preset \(name.quoted), which does not exist; "
                    + (nearest.map { "did you mean \($0)?" }
                        ?? "expected one of \(presetNames.joined(separator: ", "))"))
        }
        let base = try JSONValue(StrictJSON.encode(start, file: file))
        try checkPlaces(of: fields, lines: lines, in: base, file: file)
        var changes = tree
        // What is learnt from may be named alone.
        if let source = fields.members["data"], case .string = source {
            changes = merged(.fields(["data": .fields(["source": source])]), onto: changes)
        }
        return try validated(path: file) {
            try StrictJSON.decode(
                RunConfiguration.self, from: merged(changes, onto: base), file: file,
                line: { lines[$0] })
        }
    }

    /// Says of a field in the wrong place where it belongs.
    private static func checkPlaces(
        of fields: JSONObject, lines: [[String]: Int], in base: JSONValue, file: String
    ) throws(CheckpointError) {
        guard case .object(let known) = base else { return }
        for name in fields.names where known.members[name] == nil {
            for section in ["training", "model", "data"] {
                guard case .object(let inner)? = known.members[section], inner.members[name] != nil
                else { continue }
                let place = lines[[name]].map { "line \($0): " } ?? ""
                throw CheckpointError(
                    .malformed, path: file,
                    "\(place)the field \(name) stands alone, but belongs into \(section); put it there"
                )
            }
        }
    }

    /// A tree in which the fields of another take the place of those of the same name.
    private static func merged(_ changes: JSONValue, onto base: JSONValue) -> JSONValue {
        guard case .object(let new) = changes, case .object(let old) = base else { return changes }
        var members = JSONMembers()
        for name in old.names {
            guard let value = old.members[name] else { continue }
            _ = members.insert(
                new.members[name].map { merged($0, onto: value) } ?? value, for: name)
        }
        for name in new.names where old.members[name] == nil {
            if let value = new.members[name] { _ = members.insert(value, for: name) }
        }
        return .object(JSONObject(members))
    }

    /// The configuration as YAML, with a comment before it.
    ///
    /// - Parameter comment: lines of explanation.
    public func yaml(comment: [String], file: String) throws -> [UInt8] {
        let tree = try JSONValue(StrictJSON.encode(self, file: file))
        var lines = comment.map { "# \($0)" }
        Self.write(tree, indentation: 0, to: &lines)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func write(_ value: JSONValue, indentation: Int, to lines: inout [String]) {
        guard case .object(let object) = value else { return }
        for name in object.names {
            guard let member = object.members[name] else { continue }
            let start = String(repeating: " ", count: indentation) + name + ":"
            if case .object(let fields) = member, !fields.names.isEmpty {
                lines.append(start)
                write(member, indentation: indentation + 2, to: &lines)
            } else {
                // JSON on a line is YAML, too.
                lines.append(start + " " + String(decoding: member.line.dropLast(), as: UTF8.self))
            }
        }
    }
}
